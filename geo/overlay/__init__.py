"""Sketches against official areas."""

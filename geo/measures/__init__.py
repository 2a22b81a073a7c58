"""Measures of one shape or of two."""

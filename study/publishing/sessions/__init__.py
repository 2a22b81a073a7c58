"""Editions of workshop sessions: built of its drawings, frozen, and read back."""

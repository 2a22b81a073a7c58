"""Whole days of those who use the app, in a real browser: everything they press does what they pressed it for."""

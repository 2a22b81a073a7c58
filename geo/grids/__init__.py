"""Grids: areas to cells and back."""

"""TODO package ui.pages."""

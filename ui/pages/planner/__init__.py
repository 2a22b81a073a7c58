"""TODO package ui.pages.planner."""

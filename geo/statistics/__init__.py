"""Statistics of people in groups."""

"""What we draw: finished geometry in, a map, chart or page out; no sums."""

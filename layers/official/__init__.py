"""Official areas and their key figures, normalised and read."""

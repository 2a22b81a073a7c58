"""Maps in a browser."""

"""Maps as one picture."""

"""Pages of the board of a neighbourhood: what everybody sees, and what who moderates it does."""

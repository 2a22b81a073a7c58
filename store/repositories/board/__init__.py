"""Cards on the board of a neighbourhood: who sent them, what was decided, and who joins in."""

"""A workshop session on the screen: prepare it, join it, watch it grow, tell it, agree on it, and thank for it."""

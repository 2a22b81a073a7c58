"""The shipped town: Zuiderwaard, a municipality that was never built, drawn by a seeded generator."""

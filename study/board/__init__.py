"""The board of a neighbourhood: what residents send, who reads it first, and what everybody may see."""

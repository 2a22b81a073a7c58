"""How far the answers of a study carry: certainty, chance, and who drew."""

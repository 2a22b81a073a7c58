"""What a room decides at a workshop session: rounds of dots and guesses."""

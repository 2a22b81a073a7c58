"""What a resident sees of the workshop session they take part in."""

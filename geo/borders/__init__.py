"""Official borders under sketches."""

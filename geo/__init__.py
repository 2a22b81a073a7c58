"""What we compute: geometry and numbers in, geometry and numbers out. No file, clock, chance, network or screen."""

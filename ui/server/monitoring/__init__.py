"""What watches this process: whether it can work, and its figures."""

"""Downloads of a municipality: the plan and its execution."""

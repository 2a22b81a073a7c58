"""The planner's map: grounds, layers, and what is said of each area."""

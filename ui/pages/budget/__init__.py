"""The wijkbudget on screen: the planner's desk, the ballot on a phone, and the result."""

"""Rounds of a wijkbudget: an amount, plans, and one ballot a ticket."""

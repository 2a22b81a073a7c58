"""The wijkbudget: from an amount, plans and ballots to what is paid for, and why."""

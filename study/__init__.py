"""What we conclude: the one place where layers, store and geo meet, a question in and an answer out."""

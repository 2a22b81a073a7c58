"""Repositories: the SQL of the store, one module per subject."""

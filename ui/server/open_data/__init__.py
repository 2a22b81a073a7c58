"""Editions as open data, for programs of others."""

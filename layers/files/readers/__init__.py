"""Readers, one format each."""

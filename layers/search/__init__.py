"""Addresses by name, online or in local data."""

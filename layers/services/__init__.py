"""Clients of the services, one module each; nothing is kept here."""

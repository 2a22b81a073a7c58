"""Maintenance of the whole store: verification, copies, backup, restore, merge and retention."""

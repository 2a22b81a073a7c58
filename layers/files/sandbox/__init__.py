"""Uploaded files are read in a restricted child process."""

"""The HTTP server around the pages."""

"""Facilities per theme, merged from OpenStreetMap and BGT."""

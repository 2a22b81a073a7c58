"""Parts of the report: words of its cells, and its last chapters."""

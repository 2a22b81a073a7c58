"""Files of an edition that hold more than rows: layers with their words, domains and metadata."""

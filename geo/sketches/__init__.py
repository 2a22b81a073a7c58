"""One sketch: parsed, limited, cleaned and compared with the others."""

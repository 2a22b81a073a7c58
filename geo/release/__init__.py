"""Rules for what may be released: the ledger, rounding, suppression over a tree, and surfaces."""

"""What catalogues read of an edition: DCAT-AP-NL and ISO 19115, made from its provenance."""

"""What institutions publish: official areas, facilities and figures, read-only, dated and sourced."""

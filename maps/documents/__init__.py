"""Documents: reports, paper sheets, handouts and slides."""

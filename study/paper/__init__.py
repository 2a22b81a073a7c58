"""Paper sheets: printed, photographed and read back."""

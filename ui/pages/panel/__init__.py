"""Pages of a panel and its partners: meetings with their minutes, and cards that an organisation has in hand."""

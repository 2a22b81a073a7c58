"""Base maps: our own vector layers and raster tile files."""

"""Detection of what a layer is: CRS, layer type and facility kinds."""

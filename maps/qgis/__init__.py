"""What QGIS reads of an edition: styles of layers, words of columns, and a project with a sheet to print."""

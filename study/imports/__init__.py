"""Files imported into projects and layers."""

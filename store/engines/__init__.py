"""Database engines; the only modules that know a driver."""

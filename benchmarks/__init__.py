"""How fast, against whom: `python -m benchmarks [N=1e4] [ONLY=overlay]`, or `make bench`."""

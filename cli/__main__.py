"""Entry point of `python -m cli`, the same as `buurt`."""

from cli import main

main()

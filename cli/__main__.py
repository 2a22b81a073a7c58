"""Let `python -m cli` do what `buurt` does."""

from cli import main

main()

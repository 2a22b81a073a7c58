"""Write the table of contract lines in docs/sources.md anew: python docs/build_contracts.py."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from layers.contracts import table_of_contracts  # noqa: E402  # the checkout need not be installed

PAGE = ROOT / "docs" / "sources.md"
BEGIN, END = "<!-- contracts -->\n", "<!-- end -->"


def main() -> None:
    """Replace what stands between the two marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + table_of_contracts() + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()

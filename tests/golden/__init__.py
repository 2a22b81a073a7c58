"""What must not change from one release to the next: beside every test stands the file with its answer.

A golden file changes only in a commit that says so, with a line in the changelog: somebody's store, link, script,
printed sheet or spreadsheet depends on it.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def expected(name: str) -> Any:
    """Read a golden file."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def as_json(found: Any) -> Any:
    """Return what a JSON file would hold of this."""
    return json.loads(json.dumps(found))

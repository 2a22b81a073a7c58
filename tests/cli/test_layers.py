"""`buurt layers`: an own layer gets a name and a source, and is deleted only after a question."""

import re
from pathlib import Path

from tests.support.cli_runner import Buurt


def test_an_own_layer_is_named_and_deleted(buurt: Buurt, tmp_path: Path) -> None:
    here = {"BUURT_DATA": str(tmp_path / "own_data")}
    file = tmp_path / "banken.csv"
    file.write_text("naam,soort,lat,lon\nA,bank,52.00,4.47\nB,bank,52.01,4.48\n", encoding="utf-8")
    assert buurt("import", file, "--yes", **here).returncode == 0
    key = re.search(r"own_\w+", buurt("layers", **here).stdout)[0]
    named = buurt(
        "layers", key, "--name", "Onze banken", "--source", "Gemeente", "--year", "2025", **here
    ).stdout
    assert all(word in named for word in ("Onze banken", "Gemeente", "2025"))
    assert "Er is niets gewist" in buurt("layers", key, "--delete", **here).stdout
    assert key in buurt("layers", **here).stdout
    assert "'Onze banken' is gewist" in buurt("layers", key, "--delete", "--yes", **here).stdout
    assert "own_" not in buurt("layers", **here).stdout
    assert buurt("layers", key, "--delete", "--yes", **here).returncode == 2

"""The faults made by hand still stand for something in the code; whether tests notice them, `make mutants` says."""

import pytest

from tools.mutants import FAULTS, ROOT, read_faults


@pytest.mark.parametrize("fault", read_faults(FAULTS), ids=lambda fault: fault.name)
def test_a_fault_by_hand_finds_its_place(fault) -> None:
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == fault.count
    assert all((ROOT / name).exists() for name in fault.tests)

"""Settings: one table, typed, and no variable of ours that nobody knows."""

from pathlib import Path

import pytest

import settings
from geo.errors import SettingRefused, SettingUnknown


def test_values_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "BUURT_SESSION_HOURS": "2",
        "BUURT_HOSTS": "een.example, twee.example",
        "BUURT_OFFLINE": "1",
        "BUURT_DATA": "/srv/buurt",
    }.items():
        monkeypatch.setenv(name, text)
    found = settings.current()
    assert (found.session_hours, found.hosts) == (2, ("een.example", "twee.example"))
    assert (found.offline, found.data) == (True, Path("/srv/buurt"))


def test_setting_that_is_misspelt_is_named_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUURT_STOER", "sqlite:///x")
    with pytest.raises(SettingUnknown, match="did you mean BUURT_STORE"):
        settings.current()


@pytest.mark.parametrize("text", ["0", "-1", "acht", "1.5"])
def test_number_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("BUURT_SESSION_HOURS", text)
    with pytest.raises(SettingRefused):
        settings.current()

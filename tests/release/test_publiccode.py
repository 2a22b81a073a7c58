"""publiccode.yml against the rules of version 0.4 of its standard, and the version in one place."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tools.release import ROOT
from tools.release.archive import read_version

CATEGORIES = {"geographic-information-systems", "civic-engagement", "data-analytics", "data-visualization"}
"""Those of the standard's list that could fit; the whole list has some eighty."""

SCOPES = {"local-authorities", "society", "research", "government", "welfare", "science-and-technology"}
SOFTWARE_TYPES = {
    "standalone/mobile",
    "standalone/iot",
    "standalone/desktop",
    "standalone/web",
    "standalone/backend",
}
STATUSES = {"concept", "development", "beta", "stable", "obsolete"}
PLATFORMS = {"web", "windows", "mac", "linux", "ios", "android"}


@pytest.fixture(scope="module")
def publiccode() -> dict[str, Any]:
    """The file as parsed."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    return found


def test_required_keys_are_there_and_deprecated_ones_are_not(publiccode: dict[str, Any]) -> None:
    required = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"}
    required |= {"description", "legal", "maintenance", "localisation"}
    assert required <= publiccode.keys()
    assert publiccode["publiccodeYmlVersion"] == "0.4"
    assert "genericName" not in str(publiccode)


def test_values_are_from_the_lists_of_the_standard(publiccode: dict[str, Any]) -> None:
    assert set(publiccode["platforms"]) <= PLATFORMS
    assert set(publiccode["categories"]) <= CATEGORIES
    assert publiccode["developmentStatus"] in STATUSES
    assert publiccode["softwareType"] in SOFTWARE_TYPES
    assert set(publiccode["intendedAudience"]["scope"]) <= SCOPES
    for country in publiccode["intendedAudience"]["countries"]:
        assert re.fullmatch(r"[a-z]{2}", country)
    assert publiccode["legal"]["license"] == "EUPL-1.2"
    for language in publiccode["localisation"]["availableLanguages"]:
        assert (ROOT / "i18n" / f"{language}.toml").is_file()
    assert urlsplit(publiccode["url"]).scheme == "https"


def test_descriptions_have_the_length_the_standard_asks(publiccode: dict[str, Any]) -> None:
    assert publiccode["description"].keys() == {"nl", "en"}
    for text in publiccode["description"].values():
        assert 1 <= len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert all(1 <= len(feature) <= 100 for feature in text["features"])


def test_somebody_maintains_it(publiccode: dict[str, Any]) -> None:
    assert publiccode["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert publiccode["maintenance"]["contacts"][0]["name"]


def test_version_is_that_of_the_project_and_the_newest_released_heading(publiccode: dict[str, Any]) -> None:
    """pyproject.toml is the place of the version; publiccode.yml and CHANGELOG.md repeat it for their readers."""
    assert str(publiccode["softwareVersion"]) == read_version()
    released = date.fromisoformat(publiccode["releaseDate"])
    headings = re.findall(
        r"^## \[?(\d+\.\d+\.\d+)\]?(?: -)? \(?(\d{4}-\d\d-\d\d)\)?$",
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert headings[0] == (read_version(), released.isoformat())


def test_version_stands_nowhere_else() -> None:
    for name in ("package.json", "CITATION.cff", "Containerfile", "deploy/compose.yaml"):
        assert f'"{read_version()}"' not in (ROOT / name).read_text(encoding="utf-8"), name

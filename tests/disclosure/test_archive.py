"""The archive package: whole by its own checksums, counted by hand, and nobody who drew is in any byte of it."""

import csv
import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pyogrio
import pytest
import shapely

import i18n
from geo.errors import EditionAbsent, ExportKindUnknown
from maps.qgis.project import qgis_files
from store import Actor, BudgetPlan, BudgetRound, Card, Contribution, Place, Project, Signal, Store
from study import context
from study.archive.package import write_archive
from study.board import cards
from study.publishing import editions
from study.publishing.publication import Publication, decode_table
from tests.disclosure.residents import DAY, NARROW, draw
from tests.support.store_factories import new_id
from tests.support.temp_store import own_store

W = i18n.get_translator("nl")
PLANNER = Actor("planner", account="p1")
OPEN_NAME, HELD_NAME = "Het Hart", "Kanarienaam"
ODD_X = 142_611.713
CANARIES = {
    HELD_NAME, "Kanarieplek", "Kanariesignaal", "Kanarietekening", "Kanarietoelichting", "Kanariewacht",
    "Kanarieverborgen", "Kanarieweg",
}  # fmt: skip
"""What residents left and nobody may keep: a name held back, words with a drawing, and cards that are not public."""


def reports(made: Publication) -> dict[str, bytes]:
    return {"report.txt": "".join(str(table.to_dict()) for table in made.tables.values()).encode()}


def archived(folder: Path, name: str = "a") -> tuple[bytes, dict[str, bytes]]:
    """Write the package; return it, and its files by their place in the bag."""
    path = folder / f"{name}.zip"
    n = write_archive("echt", path, W, partial(qgis_files, say=W), reports)
    with zipfile.ZipFile(path) as packed:
        files = {one.removeprefix("archief-echt/"): packed.read(one) for one in packed.namelist()}
    assert n == sum(one.startswith("data/") for one in files)
    return path.read_bytes(), files


def rows(contents: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(contents.decode("utf-8-sig")), delimiter=";"))


def fill_board() -> None:
    """One card that everybody reads, and one each that waits, that was hidden, and that its sender took back."""
    code = cards.create_code("echt")
    for text in ("Bank bij de vijver", "Kanariewacht", "Kanarieverborgen", "Kanarieweg"):
        sent = cards.send_card(Card("echt", "signal", text), code, device=text)
        if text != "Kanariewacht":
            cards.release_card(sent.id, by=PLANNER)
        if text == "Kanarieverborgen":
            cards.hide_card("echt", sent.id, by=PLANNER)
        if text == "Kanarieweg":
            cards.withdraw_card(sent.id, code, device=text)


def hold_rounds(kept: Store) -> None:
    """Twelve vote: seven for trees, five for a bench; another round is still open."""
    for title in ("Ons plein", "Nog open"):
        asked = BudgetRound("echt", title, 1000, date(2020, 1, 1), date(2099, 1, 1))
        made = kept.budget.save_round(asked, by=PLANNER)
        for plan in ("Bomen", "Bankje"):
            kept.budget.save_plan(BudgetPlan(made.id, plan, 800), by=PLANNER)
        codes = kept.budget.create_tickets(made.id, 12, by=PLANNER)
        kept.budget.open_round(made.id, by=PLANNER)
        at = {plan.title: plan.number for plan in kept.budget.list_plans(made.id)}
        for number, code in enumerate(codes):
            kept.budget.vote(made.id, code, (at["Bomen" if number < 7 else "Bankje"],), device=code)
        if title == "Ons plein":
            kept.budget.close_round(made.id, by=PLANNER)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Eleven and then sixteen drew in two editions; a name of the first was held back, and one person withdrew."""
    with own_store(tmp_path_factory.mktemp("store"), BUURT_CONTACT="kaart@voorbeeld.nl"):
        kept = context.get_store()
        asked = Project("echt", "Echt", "", date(2099, 1, 1), asked_by="Gemeente Echt", questions=("name",))
        kept.projects.save(asked)
        shape = shapely.box(ODD_X, 510_300, ODD_X + 600, 510_900)
        raw = {"type": "Feature", "properties": {"x": "Kanarietekening"}, "geometry": json.loads(
            shapely.to_geojson(shapely.box(5.21, 52.57, 5.22, 52.58))
        )}  # fmt: skip
        sent = Contribution(
            new_id(),
            "echt",
            json.dumps(raw),
            shape,
            DAY,
            name=HELD_NAME,
            answers={"reason_text": "Kanarietoelichting"},
        )
        place = Place("met", "meeting_place", shapely.Point(142_700, 510_400), note="Kanarieplek")
        kept.contributions.submit(sent, (place,), (Signal("signal", "Kanariesignaal"),), device="phone")
        codes = [draw(kept, at, NARROW, name=HELD_NAME) for at in range(10)]
        editions.release_name("echt", HELD_NAME, released=True, by=PLANNER)
        assert editions.publish("echt", by=PLANNER) is not None
        first = kept.editions.latest("echt")
        assert first is not None
        editions.release_name("echt", HELD_NAME, released=False, by=PLANNER)
        editions.release_name("echt", OPEN_NAME, released=True, by=PLANNER)
        for at in range(10, 26):
            draw(kept, at, NARROW, name=OPEN_NAME)
        assert editions.publish("echt", by=PLANNER) is not None
        kept.contributions.withdraw(codes[0], device="phone")
        fill_board()
        hold_rounds(kept)
        yield kept


def test_every_file_is_in_the_manifest_and_the_same_state_is_the_same_bytes(
    town: Store, tmp_path: Path
) -> None:
    whole, files = archived(tmp_path)
    assert archived(tmp_path, "b")[0] == whole
    payload = {name for name in files if name.startswith("data/")}
    for manifest, names in (
        ("manifest-sha256.txt", payload),
        ("tagmanifest-sha256.txt", {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}),
    ):
        lines = [line.split("  ", 1) for line in files[manifest].decode().splitlines()]
        assert {name for _, name in lines} == names
        assert all(hashlib.sha256(files[name]).hexdigest() == digest for digest, name in lines)
    assert files["bagit.txt"].decode().splitlines()[0] == "BagIt-Version: 1.0"
    info = dict(line.split(": ", 1) for line in files["bag-info.txt"].decode().splitlines())
    assert info["Source-Organization"] == "Gemeente Echt"
    assert info["Contact-Email"] == "kaart@voorbeeld.nl"
    assert info["Payload-Oxum"] == f"{sum(len(files[name]) for name in payload)}.{len(payload)}"


def test_the_package_holds_what_was_published_counted_by_hand(town: Store, tmp_path: Path) -> None:
    """Eleven drew, then sixteen more: about 10 and 25 people. One card, one closed round of twelve votes."""
    _, files = archived(tmp_path)
    facts = [json.loads(files[f"data/uitgaven/{number}/feiten.json"]) for number in (1, 2)]
    assert [(one["edition"], one["people"]) for one in facts] == [(1, 10), (2, 25)]
    assert [one["name"] for one in facts[1]["tables"]["neighbourhoods"]] == [OPEN_NAME]
    assert [one["name"] for one in facts[0]["tables"]["neighbourhoods"]] == [""]
    path = tmp_path / "2.gpkg"
    path.write_bytes(files["data/uitgaven/2/gegevens.gpkg"])
    cores = pyogrio.read_dataframe(path, layer="cores")
    assert cores["name"].unique().tolist() == [OPEN_NAME]
    assert len(rows(files["data/uitgaven/2/tabellen/cores.csv"])) == len(cores) + 1
    card = rows(files["data/kaartjes/kaartjes.csv"])
    assert [row[3] for row in card] == ["Kaartje", "Bank bij de vijver"]
    result = {row[1]: row[4:6] for row in rows(files["data/rondes/ronde-1/uitslag.csv"])}
    assert result["Bomen"] == ["7", "gaat door"]
    assert result["Bankje"][0] == "5"
    assert not any("ronde-2" in name for name in files)
    assert "Stemmen uitgebracht: 12." in files["data/rondes/ronde-1/opkomst.txt"].decode()
    about = json.loads(files["data/metadata.dcterms.jsonld"])
    assert about["dcterms:creator"] == "Gemeente Echt"
    assert {f"data/{name}" for name in about["dcterms:hasPart"]} <= set(files)
    assert "01-01-2099" in files["data/LEESMIJ.txt"].decode()


def test_nobody_who_drew_is_in_any_byte(town: Store, tmp_path: Path) -> None:
    _, files = archived(tmp_path)
    first = town.editions.list_all("echt")[-1]
    secrets = {text.encode() for text in CANARIES} | {struct.pack("<d", ODD_X), str(ODD_X).encode()}
    secrets |= {member.encode() for member in town.contributions.read_sketches("echt").index}
    for name, contents in files.items():
        for secret in secrets:
            assert secret not in contents, (name, secret)
    # The search can find it: the first edition, as it is stored, says the name that was held back since.
    assert HELD_NAME in str(decode_table(first.parts["neighbourhoods.parquet"]).to_dict())


def test_after_its_date_editions_and_the_log_of_destruction_are_left(town: Store, tmp_path: Path) -> None:
    before = rows(archived(tmp_path)[1]["data/vernietiging/logboek.csv"])
    assert [row[2] for row in before[1:]] == ["minder dan vijf", "minder dan vijf"]
    town.projects.save(replace(context.get_project("echt"), retention_until=date(2020, 1, 1)))
    assert town.maintenance.erase_expired().contributions == 26
    _, files = archived(tmp_path, "b")
    (day, n) = town.maintenance.erasure_log("echt").past_date[0]
    assert n == 26
    log = rows(files["data/vernietiging/logboek.csv"])
    assert log[1] == [day.isoformat(), W("archive.erased_past_date"), "25"]
    assert not any(name.startswith(("data/kaartjes", "data/rondes")) for name in files)
    facts = json.loads(files["data/uitgaven/2/feiten.json"])
    assert [one["name"] for one in facts["tables"]["neighbourhoods"]] == [OPEN_NAME]
    assert not any(text.encode() in contents for text in CANARIES for contents in files.values())


def test_nothing_is_written_without_an_edition_or_under_another_end(town: Store, tmp_path: Path) -> None:
    town.projects.save(Project("leeg", "Leeg", "", date(2099, 1, 1)))
    for project, name, refused in (("leeg", "a.zip", EditionAbsent), ("echt", "a.tar", ExportKindUnknown)):
        with pytest.raises(refused):
            write_archive(project, tmp_path / name, W, partial(qgis_files, say=W), reports)
    assert list(tmp_path.iterdir()) == []

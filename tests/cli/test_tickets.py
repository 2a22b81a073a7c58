"""`buurt tickets` as somebody calls it."""

from pathlib import Path

import store
from tests.support.cli_runner import Buurt

ADDRESS = "https://buurt.example"


def test_cards_and_a_list_are_written_this_once(buurt: Buurt, tmp_path: Path) -> None:
    listed, cards = tmp_path / "kaarten.csv", tmp_path / "kaarten.html"
    done = buurt("tickets", "--project", "demo", "--n", "3", "--out", listed, BUURT_ADDRESS=ADDRESS)
    assert done.returncode == 0, done.stderr
    assert "3 kaarten geschreven" in done.stdout
    codes = [line.split(";")[0] for line in listed.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(set(codes)) == 3
    assert listed.read_text(encoding="utf-8").count(f"{ADDRESS}/?") == 3
    assert not [code for code in codes if code in done.stdout]
    done = buurt("tickets", "--project", "demo", "--n", "12", "--out", cards, BUURT_ADDRESS=ADDRESS)
    assert done.returncode == 0, done.stderr
    assert cards.read_text(encoding="utf-8").count("<svg") == 12
    for words, said in (
        (("--n", "3", "--out", tmp_path / "x.docx"), ".html"),
        (("--n", "0", "--out", tmp_path / "x.csv"), "--n"),
        (("--n", "3", "--session", "ABC234", "--out", tmp_path / "x.csv"), ""),
    ):
        done = buurt("tickets", "--project", "demo", *words, BUURT_ADDRESS=ADDRESS)
        assert done.returncode == 2
        assert said in done.stderr
    assert not (tmp_path / "x.csv").exists()


def test_without_a_file_or_an_address_no_ticket_is_made(buurt: Buurt, tmp_path: Path) -> None:
    """Codes nobody could read would from then on be asked of everybody who draws."""
    for out, address, said in (
        (tmp_path / "no folder" / "x.csv", ADDRESS, "x.csv"),
        (tmp_path / "x.csv", "", "BUURT_ADDRESS"),
    ):
        done = buurt("tickets", "--project", "demo", "--n", "3", "--out", out, BUURT_ADDRESS=address)
        assert done.returncode == 2
        assert said in done.stderr
        assert not out.exists()
    with store.open_store(f"sqlite:///{tmp_path}/store.gpkg") as private_store:
        assert not private_store.tickets.is_needed("demo")

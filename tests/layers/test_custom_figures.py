"""Figures people upload: every table of CBS by its own names, joined by code, unknown never 0."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import errors
from geo.crs import RD
from layers import custom_figures, custom_layers, own_ground
from layers.files import TRUSTED, UNTOLD, TableHints
from layers.official.areas import list_divisions, read_areas, read_key_figures
from layers.official.number_notation import plain_numbers
from tests.support.laws import examples


def read(
    text: str, name: str = "cijfers_2024.csv", areas: str = "", decimal: str = ""
) -> custom_figures.FiguresTable:
    return custom_figures.read_figures(
        text.encode(), name=name, layer=None, areas=areas, hints=TableHints(decimal=decimal), limits=TRUSTED
    )


def save_areas(codes: list[str], digest: str = "aaa111", **columns: list[float]) -> str:
    lefts = [155_000 + 100 * number for number in range(len(codes))]
    shapes = [shapely.box(left, 463_000, left + 100, 463_100) for left in lefts]
    table = gpd.GeoDataFrame(
        {"name": codes, **columns}, geometry=shapes, crs=RD, index=pd.Index(codes, name="code")
    )
    return custom_layers.save_custom_layer(
        table, role="areas", name="buurten", date="2026-11-30", digest=digest
    ).key


def test_the_table_of_cbs_gives_every_buurt_and_all_inhabitants(
    folder: Path, shared: Callable[[str], Path]
) -> None:
    """17,942,915 people live in 14,574 buurten."""
    path = shared("statistics/nl_kerncijfers_wijken_buurten_2024.csv")
    found = custom_figures.read_figures(
        path, name=path.name, layer=None, areas="", hints=UNTOLD, limits=TRUSTED
    )
    buurten = found.frame[found.frame.index.str.startswith("BU")]
    assert (len(buurten), int(buurten["aantal_inwoners"].sum())) == (14_574, 17_942_915)
    assert (found.year, found.areas, found.refusals) == (2024, "", ())
    assert "misdrijven_per1000" in found.not_kept
    first = found.frame.loc["WK084500"]
    assert first["percentage_personen_65_jaar_en_ouder"] == 24  # 2,620 of 10,755


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ("gwb_code_10;recs;a_inw;a_65_oo", "BU16210101"),
        ("Codering_3;SoortRegio_2;AantalInwoners_5;k_65JaarOfOuder_12", "BU16210101  "),
        ("buurtcode;naam;inwoners;inwoners65plus", "bu16210101"),
        ("BU_CODE;naam;AANT_INW;a_65_oo", "16210101"),
    ],
)
def test_names_of_every_table_mean_the_same(folder: Path, columns: str, code: str) -> None:
    """250 of 1,000 people are 65 or older: 25 %, and no count is shown as a percentage."""
    found = read(f"{columns}\n{code};x;1000;250\nBU16210102;y;-99997;.\n").frame
    assert found.loc["BU16210101", "aantal_inwoners"] == 1_000
    assert found.loc["BU16210101", "percentage_personen_65_jaar_en_ouder"] == 25
    assert pd.isna(found.loc["BU16210102", "aantal_inwoners"])


@examples(25)
@given(
    order=st.permutations(["code", "naam", "inwoners", "huishoudens"]),
    above=st.integers(0, 3),
    unknown=st.sampled_from(["", ".", "geheim", "-99997", "-99995"]),
    sign=st.sampled_from(";,\t"),
)
def test_order_title_rows_and_signs_change_nothing(
    order: list[str], above: int, unknown: str, sign: str
) -> None:
    rows = [
        {"code": "BU16210101", "naam": "Oost", "inwoners": "1200", "huishoudens": "500"},
        {"code": "BU16210102", "naam": "West", "inwoners": unknown, "huishoudens": "40"},
    ]
    lines = ["Cijfers per buurt"] * above + [sign.join(order)]
    lines += [sign.join(row[column] for column in order) for row in rows]
    found = read("\n".join(lines)).frame
    assert found["aantal_huishoudens"].tolist() == [500, 40]
    assert found["aantal_inwoners"].fillna(-1).tolist() == [1_200, -1]


@examples(25)
@given(
    people=st.lists(st.integers(0, 999_999), min_size=2, max_size=6),
    group=st.sampled_from([".", ",", " ", "\u00a0", "\u202f", "'", ""]),
)
def test_people_with_marks_of_thousands_are_never_a_thousandth(people: list[int], group: str) -> None:
    """1.234 people are 1,234, whatever the mark and the other numbers: nobody lives with 1.2 others."""
    rows = [f"BU162101{at:02d}|" + f"{n:,}".replace(",", group) for at, n in enumerate(people, 1)]
    found = read("\n".join(["buurtcode|inwoners", *rows])).frame
    assert found["aantal_inwoners"].tolist() == people


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (("1.234", "12.345.678", "950"), (1_234, 12_345_678, 950)),
        (("1.234", "950", "geheim"), (1_234, 950, None)),
        (("1 234", "950", "12\u00a0345"), (1_234, 950, 12_345)),
        (("1,234", "950", "12,345"), (1_234, 950, 12_345)),
        (("1.234,0", "950,0", "0"), (1_234, 950, 0)),
        (("1,234.5", "950", "2"), (1_234.5, 950, 2)),
        (("1234", "950", "12345678"), (1_234, 950, 12_345_678)),
        (("1.234", "12.5", "950"), (1.234, 12.5, 950)),
    ],
)
def test_a_column_is_judged_as_a_whole(
    folder: Path, written: tuple[str, ...], read_as: tuple[float | None, ...]
) -> None:
    """People are whole: a mark before three digits groups thousands, unless another value shows decimals."""
    lines = [f'BU1621010{number};"{value}"' for number, value in enumerate(written, 1)]
    found = read("\n".join(["buurtcode;inwoners", *lines])).frame["aantal_inwoners"]
    assert [None if pd.isna(value) else value for value in found] == list(read_as)


def test_what_can_be_read_both_ways_is_asked_about(folder: Path) -> None:
    """1.234 km or 1,234 km: nothing in the column says so; another column with a decimal comma does."""
    text = "buurtcode;g_afs_hp\nBU16210101;1.234\nBU16210102;2.345\n"
    with pytest.raises(errors.FileDecimalAsked, match="g_afs_hp"):
        read(text)
    key = "huisartsenpraktijk_gemiddelde_afstand_in_km"
    assert read(text, decimal="point").frame[key].tolist() == [1.234, 2.345]
    assert read(text, decimal="comma").frame[key].tolist() == [1_234, 2_345]
    beside = "buurtcode;g_afs_hp;g_hhgro\nBU16210101;1,234;2,1\nBU16210102;2,345;1,8\n"
    assert read(beside).frame[key].tolist() == [1.234, 2.345]
    against = "buurtcode;inwoners;g_hhgro\nBU16210101;1.234;2.1\n"
    with pytest.raises(errors.FileDecimalAsked, match="inwoners"):
        read(against)
    told = read(against, decimal="comma").frame.iloc[0]
    assert (told["aantal_inwoners"], told["gemiddelde_huishoudsgrootte"]) == (1_234, 2.1)


def test_own_areas_with_thousands_marks_carry_the_right_figures() -> None:
    table = gpd.GeoDataFrame(
        {"inwoners": ["1.234", "950"], "g_afs_hp": ["1.234", "2.345"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    )
    found = custom_figures.figures_in_areas(table)
    assert found.to_dict("list") == {"aantal_inwoners": [1_234, 950]}


@given(
    people=st.lists(st.integers(0, 20_000_000), min_size=1, max_size=6),
    homes=st.lists(st.integers(10, 99), min_size=6, max_size=6),
)
def test_writing_in_dutch_and_reading_back_changes_no_figure(people: list[int], homes: list[int]) -> None:
    written = pd.DataFrame(
        {
            "inwoners": [f"{n:,}".replace(",", ".") for n in people],
            "g_hhgro": [f"{n // 10},{n % 10}" for n in homes[: len(people)]],
        }
    )
    plain, doubtful = plain_numbers(written, written.columns)
    assert doubtful == []
    assert plain["inwoners"].astype(float).tolist() == people
    assert plain["g_hhgro"].astype(float).tolist() == [n / 10 for n in homes[: len(people)]]


def test_own_codes_find_their_areas_and_strangers_are_refused_by_name(folder: Path) -> None:
    key = save_areas(["A", "B", "C"])
    found = read("code;inwoners\nA;10\nB;20\nA;30\n;4\nZ;5\n")
    assert (found.areas, found.frame["aantal_inwoners"].tolist()) == (key, [10, 20])
    assert [(note.number, note.reason) for note in found.refusals] == [
        (3, "code_doubled"),
        (4, "code_absent"),
        (5, "code_unknown"),
    ]


def test_text_is_no_national_code(folder: Path) -> None:
    """Most codes are those of CBS: what stands between them is refused by name; the whole country may stay."""
    codes = ["BU16210101", "WK162101", "GM1621", "GM0344", "NL00", "Totaal", "BU1621", "266"]
    found = read("\n".join(["gwb_code;inwoners", *(f"{code};10" for code in codes)]))
    assert [(note.feature, note.reason) for note in found.refusals] == [
        (code, "code_not_national") for code in ("TOTAAL", "BU1621", "266")
    ]
    assert len(found.frame) == 5


def test_codes_of_no_areas_of_several_and_no_codes_are_asked_about(folder: Path) -> None:
    with pytest.raises(errors.FileFiguresUnmatched, match="'A'"):
        read("code;inwoners\nA;10\n")
    keys = [save_areas(["A", "B"], digest) for digest in ("aaa111", "bbb222")]
    with pytest.raises(errors.FileFiguresAsked, match=", ".join(keys)):
        read("code;inwoners\nA;10\n")
    assert read("code;inwoners\nA;10\n", areas=keys[1]).areas == keys[1]
    for text in ("naam;inwoners\nA;10\n", "code;kleur\nA;rood\n"):
        with pytest.raises(errors.FileWithoutFigures):
            read(text)


def test_own_areas_are_a_ground_without_any_fetch(folder: Path) -> None:
    key = save_areas(["A", "B"], inwoners=[10.0, 20.0])
    assert not own_ground.is_ground(key)
    assert own_ground.make_ground(key) == key
    assert own_ground.is_ground(key)
    assert list_divisions(key) == {"gemeente": [2026], "buurt": [2026]}
    assert read_areas(key, "gemeente").area.sum() == pytest.approx(20_000)
    assert read_key_figures(key, "buurt")["aantal_inwoners"].tolist() == [10, 20]


def test_own_areas_elsewhere_are_no_ground_yet(folder: Path) -> None:
    table = gpd.GeoDataFrame(
        {"name": ["A"]},
        geometry=[shapely.box(580_000, 4_500_000, 580_900, 4_500_900)],
        crs=32618,
        index=["A"],
    ).rename_axis("code")
    key = custom_layers.save_custom_layer(table, role="areas", name="New York", date="2026-11-30").key
    with pytest.raises(errors.GroundElsewhere):
        own_ground.make_ground(key)

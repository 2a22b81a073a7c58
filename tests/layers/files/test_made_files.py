"""Files of each kind that no folder holds: other names, orders, signs and places come out as the same table."""

import contextlib
import io
import itertools
import json
import zipfile
from collections.abc import Sequence

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from geo.crs import RD, WGS84, transform
from geo.errors import FileLayerChoice, FileRefused
from layers.files import ImportResult, import_layer
from tests.support.laws import examples

X, Y = 92_310.0, 446_120.0
SPOTS = [(X + 30 * number, Y + 20 * number) for number in range(6)]
DEGREES = [(spot.x, spot.y) for spot in transform(shapely.points(SPOTS), RD, WGS84)]
IN_RD = [
    ("x", "y"), ("RD_X", "RD_Y"), ("POINT_X", "POINT_Y"), ("X-coördinaat", "Y-coördinaat"), ("Easting", "Northing"),
    ("xcoord", "ycoord"), ("x_28992", "y_28992"), ("rdx", "rdy"), ("coord x (m)", "coord y (m)"),
]  # fmt: skip
IN_DEGREES = [
    ("lon", "lat"), ("Longitude (WGS84)", "Latitude (WGS84)"), ("lengtegraad", "breedtegraad"), ("geo.lon", "geo.lat"),
    ("_VRAAG_longitude", "_VRAAG_latitude"), ("start_lng", "start_lat"), ("GPS lengtegraad", "GPS breedtegraad"),
]  # fmt: skip
PLACEHOLDERS = [(0, 0), (-1, -1), (999, 999), (9999, 9999)]
NAMES = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=8), min_size=1, max_size=4, unique=True
)
few = examples(15)


def rows_of(names: tuple[str, str], places: Sequence[tuple[float, float]]) -> list[dict[str, str]]:
    return [
        {"nr": str(number), "soort": "bank", names[0]: f"{x:.7f}", names[1]: f"{y:.7f}"}
        for number, (x, y) in enumerate(places, 1)
    ]


def as_csv(rows: list[dict[str, str]], order: Sequence[str], sign: str = ";", above: int = 0) -> bytes:
    lines = ["Overzicht van de gemeente"] * above + [sign.join(order)]
    return "\n".join([*lines, *(sign.join(row[name] for name in order) for row in rows)]).encode()


def as_xlsx(rows: list[dict[str, str]], order: Sequence[str], above: int, left: int) -> bytes:
    book = Workbook()
    sheet = book.active
    for number in range(above):
        sheet.cell(number + 1, left + 1, "Overzicht van de gemeente")
    for at, line in enumerate([dict(zip(order, order, strict=True)), *rows], above + 1):
        for place, name in enumerate(order):
            text = line[name]
            sheet.cell(at, left + place + 1, float(text) if at > above + 1 and "." in text else text)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def take(contents: bytes, name: str, **options: object) -> ImportResult:
    return import_layer(contents, name=name, **options)  # type: ignore[arg-type]


def are_the_benches(found: ImportResult) -> None:
    assert found.frame["kind"].tolist() == ["bench"] * len(SPOTS)
    at = found.frame.to_crs(RD).geometry
    assert [(x, y) for x, y in zip(at.x, at.y, strict=True)] == [
        pytest.approx(spot, abs=0.5) for spot in SPOTS
    ]
    assert found.n_in == found.n_taken + found.n_refused


@few
@given(st.data())
def test_columns_of_the_place_by_any_name_in_any_order(data: st.DataObject) -> None:
    in_rd = data.draw(st.booleans())
    names = data.draw(st.sampled_from(IN_RD if in_rd else IN_DEGREES))
    order = data.draw(st.permutations(["nr", "soort", *names]))
    rows = rows_of(names, SPOTS if in_rd else DEGREES)
    are_the_benches(take(as_csv(rows, order, data.draw(st.sampled_from(";\t,|"))), "lijst.csv"))


@few
@given(names=st.sampled_from(IN_RD), above=st.integers(0, 4), left=st.integers(0, 3), in_excel=st.booleans())
def test_header_further_down(names: tuple[str, str], above: int, left: int, *, in_excel: bool) -> None:
    rows, order = rows_of(names, SPOTS), ("nr", "soort", *names)
    if in_excel:
        are_the_benches(take(as_xlsx(rows, order, above, left), "lijst.xlsx"))
    else:
        are_the_benches(take(as_csv(rows, order, above=above), "lijst.csv"))


@few
@given(junk=st.sampled_from(PLACEHOLDERS), at=st.integers(0, 6), in_rd=st.booleans())
def test_placeholder_is_refused_by_name_and_changes_no_other_row(
    junk: tuple[float, float], at: int, *, in_rd: bool
) -> None:
    names = IN_RD[0] if in_rd else IN_DEGREES[0]
    places = list(SPOTS if in_rd else DEGREES)
    places.insert(at, junk)
    found = take(as_csv(rows_of(names, places), ("nr", "soort", *names)), "lijst.csv")
    are_the_benches(found)
    assert [note.number for note in found.refusals] == [at + 1]


@few
@given(members=NAMES, folder=st.sampled_from(["", "levering/"]))
def test_zipping_gives_the_layers_of_every_member(members: list[str], folder: str) -> None:
    rows = rows_of(IN_RD[0], SPOTS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(members):
            # Each with a column of its own: alike they would be one layer.
            own = [{**row, f"k{number}": "1"} for row in rows]
            archive.writestr(f"{folder}{name}.csv", as_csv(own, ("nr", "soort", *IN_RD[0], f"k{number}")))
    if len(members) > 1:
        with pytest.raises(FileLayerChoice) as asked:
            take(packed.getvalue(), "alles.zip")
        assert sorted(str(asked.value.facts["layers"]).split(", ")) == sorted(members)
    for name in members:
        are_the_benches(take(packed.getvalue(), "alles.zip", layer=name if len(members) > 1 else None))


@few
@given(
    letters=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    name=st.sampled_from(["Café De Brug", "Privé", "Zuid-Oost", "Curaçaoplein"]),
    spaces=st.integers(0, 3),
)
def test_letters_of_every_kind_are_right_at_every_length(letters: str, name: str, spaces: int) -> None:
    shape = {"type": "Polygon", "coordinates": [[[4.47, 52.0], [4.48, 52.0], [4.48, 52.01], [4.47, 52.0]]]}
    one = {"type": "Feature", "properties": {"naam": name, "code": "A"}, "geometry": shape}
    text = json.dumps({"type": "FeatureCollection", "features": [one]}, ensure_ascii=False) + " " * spaces
    assert take(text.encode(letters), "wijk.geojson", role="areas").frame["name"].tolist() == [name]


@few
@given(parts=st.integers(2, 5), start=st.integers(0, 39))
def test_lines_that_go_round_together_are_one_area(parts: int, start: int) -> None:
    """A box of 400 x 300 m walked in pieces: 12 ha wherever the walk begins."""
    ring = shapely.segmentize(shapely.box(X, Y, X + 400, Y + 300).exterior, 40)
    corners = shapely.get_coordinates(ring)[:-1]
    corners = [*corners[start % len(corners) :], *corners[: start % len(corners)]]
    corners.append(corners[0])
    cuts = [round(number * (len(corners) - 1) / parts) for number in range(parts + 1)]
    lines = [[list(corner) for corner in corners[a : b + 1]] for a, b in itertools.pairwise(cuts)]
    shape = {"type": "MultiLineString", "coordinates": lines}
    one = {"type": "Feature", "properties": {"tekening": "1"}, "geometry": shape}
    found = take(json.dumps(one).encode(), "rondje.geojson", role="sketches")
    assert found.frame.area.tolist() == pytest.approx([120_000], rel=0.001)


@few
@given(
    st.lists(st.integers(50, 400), min_size=1, max_size=5),
    st.sampled_from(["radius", "straal", "radiusInKm"]),
)
def test_points_with_a_radius_are_circles(radii: list[int], column: str) -> None:
    per_metre = 1_000 if column == "radiusInKm" else 1
    features = [
        {
            "type": "Feature",
            "properties": {column: radius / per_metre},
            "geometry": {"type": "Point", "coordinates": list(DEGREES[number])},
        }
        for number, radius in enumerate(radii)
    ]
    made = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    found = take(made, "cirkels.geojson", role="sketches")
    assert found.frame.area.tolist() == pytest.approx([3.14159 * radius**2 for radius in radii], rel=0.001)


@few
@given(
    st.binary(max_size=200),
    st.sampled_from(["wijk.geojson", "lijst.csv", "x.kml", "x.gpkg", "x.zip", "x.xls"]),
)
def test_any_bytes_are_read_or_refused_in_words(contents: bytes, name: str) -> None:
    with contextlib.suppress(FileRefused):
        assert take(contents, name).n_in > 0

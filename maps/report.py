"""A report as a PDF for the council, and as one page that opens anywhere without internet.

Both are set from the same document (`words.document`) and the same pictures. What residents or registers
wrote goes in as data: the PDF reads it with ``json``, the page gets it escaped, and neither ever runs it. The
page holds its own scripts and shapes, forbids itself every request, and still works in twenty years.
"""

import base64
import hashlib
import html as markup
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import shapely
import typst
from geopandas import GeoDataFrame
from matplotlib.figure import Figure

from geo.crs import to_wgs84
from geo.errors import AssetsAltered
from maps import basemap, figures, planner, style
from maps.figures import Sheet
from maps.layers import Areas, Drawing, Facilities, Ground, Shapes
from maps.topology import topology
from words.document import Chapter, Document, Table

HERE = Path(__file__).parent
FOLDER = HERE.parent / "node_modules"
SCRIPTS = ("leaflet/dist/leaflet.js", "topojson-client/dist/topojson-client.min.js")
SHEET = "leaflet/dist/leaflet.css"
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"

JOINED = ("method", "limits")
"""Chapters that go on where the one before ends."""

TALL_IN = 5.0
"""A picture higher than this has the page to itself; its tables begin on the next."""

TOLERANCE_M = 2.0
"""How far a line on the screen may lie from the true one."""

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./([\w.-]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=function|const|class)", re.MULTILINE)

PAPER_DPI = 110
"""Of the pictures in the page, for printing it."""


def pdf(
    told: Document, drawn: Mapping[str, Figure], made: datetime, *, front: str = "", credit: str = ""
) -> bytes:
    """Set a document as a PDF: real text, tagged for screen readers, pictures as drawings.

    Parameters
    ----------
    drawn
        Pictures by name, see `maps.figures.pictures`.
    front
        Name of the picture of which a part stands on the front; none when empty.
    credit
        Who made what stands on the picture on the front.
    made
        Moment in its properties, with a time zone; nothing else of it depends on the clock.
    """
    say = asdict(told)
    for place, chapter in enumerate(told.chapters):
        figure = drawn.get(chapter.picture.name) if chapter.picture else None
        say["chapters"][place]["joined"] = chapter.key in JOINED
        say["chapters"][place]["picture"] = (
            {
                "svg": figures.svg(figure).decode(),
                "alt": chapter.picture.alt,
                "tall": bool(figure.get_figheight() > TALL_IN),
            }
            if figure is not None and chapter.picture is not None
            else None
        )
    say["front"] = figures.svg(drawn[front]).decode() if front in drawn else None
    say["credit"] = " · ".join(dict.fromkeys(part for part in (told.label, credit) if part))
    say["look"] = {"ink": style.INK, "strong": style.ACTION_DEEP, "drawn": style.DRAWN}
    done = typst.compile(
        HERE / "report.typ",
        font_paths=[FONTS],
        # A report looks the same on every machine.
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(say, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=made.replace(microsecond=0),
    )
    if not isinstance(done, bytes):
        raise TypeError("one PDF is one string of bytes")
    return done


def html(told: Document, drawn: Mapping[str, Figure], sheet: Sheet) -> str:
    """Set a document as one page with maps that move, which asks nothing of anybody."""
    shapes, maps = _shapes(sheet), _maps(sheet)
    words = {key: sheet.say(f"canvas.{key}") for key in ("zoom_in", "zoom_out")}
    data = json.dumps({"shapes": shapes, "maps": maps, "words": words}, ensure_ascii=False)
    scripts = [_text(FOLDER / name) for name in SCRIPTS]
    module = "\n".join(joined(HERE / "browser" / name) for name in ("layers.js", "report.js"))
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in (*scripts, module))
    rule = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    body = "".join(_chapter(chapter, drawn, maps, sheet) for chapter in told.chapters)
    return "".join(
        (
            f'<!doctype html><html lang="{_safe(told.language)}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{rule}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_safe(told.title)}</title>",
            f"<style>{_without_pictures(_text(FOLDER / SHEET))}</style>",
            f"<style>{_text(HERE / 'browser' / 'report.css')}</style>",
            f"</head><body>{_front(told)}<main>{_facts(told)}{_contents(told)}{body}</main>",
            f"<footer>{_safe(told.footer)}</footer>",
            f'<script type="application/json" id="shapes">{data.replace("<", chr(92) + "u003c")}</script>',
            *(f"<script>{script}</script>" for script in scripts),
            f'<script type="module">{module}</script></body></html>\n',
        )
    )


# --- Words of the page ----------------------------------------------------------------------------


def _front(told: Document) -> str:
    label = f'<p class="label">{_safe(told.label)}</p>' if told.label else ""
    return (
        f'<div class="front"><header>{label}<h1>{_safe(told.title)}</h1><p>{_safe(told.subtitle)}</p>'
        "</header></div>"
    )


def _facts(told: Document) -> str:
    rows = "".join(f"<div><dd>{_safe(n)}</dd><dt>{_safe(what)}</dt></div>" for n, what in told.facts)
    lines = "".join(f"<p>{_safe(line)}</p>" for line in told.imprint)
    return f'<dl class="facts">{rows}</dl>{lines}'


def _contents(told: Document) -> str:
    links = (f'<li><a href="#{_safe(each.key)}">{_safe(each.title)}</a></li>' for each in told.chapters)
    return f'<nav aria-label="{_safe(told.contents)}"><ol>{"".join(links)}</ol></nav>'


def _chapter(chapter: Chapter, drawn: Mapping[str, Figure], maps: Mapping[str, Any], sheet: Sheet) -> str:
    parts = [f'<section id="{_safe(chapter.key)}"><h2>{_safe(chapter.title)}</h2>']
    parts += [f"<p>{_safe(text)}</p>" for text in chapter.paragraphs]
    if chapter.points:
        parts.append("<ul>" + "".join(f"<li>{_safe(point)}</li>" for point in chapter.points) + "</ul>")
    if chapter.picture and chapter.picture.name in maps:
        parts.append(_figure(chapter.picture.name, chapter.picture.alt, drawn, maps, sheet))
    parts += [_table(rows) for rows in chapter.tables]
    return "".join((*parts, "</section>"))


def _figure(name: str, alt: str, drawn: Mapping[str, Figure], maps: Mapping[str, Any], sheet: Sheet) -> str:
    told = " · ".join(dict.fromkeys(text for text in (sheet.note, sheet.credit) if text))
    paper = base64.b64encode(figures.png(drawn[name], dpi=PAPER_DPI)).decode()
    rows = "".join(
        f'<label><input type="checkbox" checked data-of="{name}" data-toggle="{_safe(row["toggle"])}">'
        f"{row['sign']}{_safe(row['label'])}</label>"
        for row in maps[name]["legend"]
    )
    return (
        f'<figure><div class="map" role="region" aria-label="{_safe(alt)}" tabindex="0" '
        f'data-map="{name}"></div>'
        f'<img class="paper" alt="{_safe(alt)}" src="data:image/png;base64,{paper}">'
        f'<noscript><p>{_safe(sheet.say("report.map_noscript"))}</p><img width="100%" alt="{_safe(alt)}" '
        f'src="data:image/png;base64,{paper}"></noscript>'
        f'<fieldset class="legend"><legend>{_safe(sheet.say("report.map_layers"))}</legend>{rows}</fieldset>'
        f"<figcaption>{_safe(sheet.say('report.map_help'))} {_safe(told)}</figcaption></figure>"
    )


def _table(rows: Table) -> str:
    kinds = [' class="number"' if number else "" for number in rows.numeric]
    heads = "".join(
        f'<th scope="col"{kind}>{_safe(head)}</th>' for head, kind in zip(rows.heads, kinds, strict=True)
    )
    lines = "".join(
        f'<tr><th scope="row"{kinds[0]}>{_safe(row[0])}</th>'
        + "".join(f"<td{kind}>{_safe(cell)}</td>" for cell, kind in zip(row[1:], kinds[1:], strict=True))
        + "</tr>"
        for row in rows.rows
    )
    note = f'<p class="note">{_safe(rows.note)}</p>' if rows.note else ""
    return (
        f'<h3>{_safe(rows.title)}</h3><div class="scroll" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>{note}"
    )


def _safe(text: str) -> str:
    return markup.escape(text, quote=True)


# --- Maps of the page -----------------------------------------------------------------------------


def _shapes(sheet: Sheet) -> dict[str, Any]:
    """Give the topologies that the maps are drawn from."""
    found: dict[str, Any] = {"ground": basemap.ground(_near(sheet))}
    areas, lines, places = (sheet.tables.get(name) for name in ("areas", "borders", "facilities"))
    if areas is not None:
        found["areas"] = topology({"areas": areas[["name", "geometry"]]}, tolerance_m=TOLERANCE_M)
    if lines is not None:
        thin = lines[["kind", "geometry"]].set_geometry(lines.geometry.simplify(TOLERANCE_M))
        found["borders"] = topology({"borders": thin.reset_index(drop=True)})
    if places is not None:
        for theme, some in places.groupby("theme"):
            points = some[["name", "geometry"]].set_geometry(shapely.point_on_surface(some.geometry.array))
            found[f"facilities-{theme}"] = topology({"facilities": points})
    return found


def _near(sheet: Sheet) -> dict[str, GeoDataFrame]:
    """Cut the base map to what the maps are about, and some way around."""
    west, south, east, north = sheet.extent
    room = 0.3 * max(east - west, north - south)
    box = slice(west - room, east + room), slice(south - room, north + room)
    return {name: table.cx[box] for name, table in sheet.ground.items() if name in basemap.PAINTED}


def _maps(sheet: Sheet) -> dict[str, Any]:
    """Give the layers and the legend of every map there is something to show on."""
    made = {"consensus": _consensus, "borders": _borders, "facilities": _facilities}
    needed = {"consensus": "cores", "borders": "borders", "facilities": "facilities"}
    crs = next(iter(sheet.tables.values())).crs
    box = to_wgs84(shapely.box(*sheet.extent), crs=crs).bounds
    found = {}
    for name, make in made.items():
        if len(sheet.tables.get(needed[name], ())):
            rows = list(make(sheet))
            layers = [_layer("ground", Ground("ground")), *(row for row, _ in rows)]
            legend = [told for _, told in rows if told is not None]
            found[name] = {"layers": layers, "legend": legend, "box": list(box)}
    return found


Row = tuple[dict[str, Any], dict[str, str] | None]
"""A layer and its line in the legend."""


def _consensus(sheet: Sheet) -> Iterator[Row]:
    cores = sheet.tables["cores"]
    for percent in sorted(style.CORES):
        band = cores[cores.index.get_level_values("percent") == percent]
        key, color = f"core-{percent}", style.CORES[percent]
        drawing = Drawing(key, _geometry(band), color=color, filled=0.4)
        yield _layer(key, drawing), _line(key, sheet.say("figure.band", percent=percent), _square(color))
    yield from _official(sheet)
    yield _names(*figures.named_cores(cores), cores.crs), None


def _borders(sheet: Sheet) -> Iterator[Row]:
    for kind, look in planner.BORDERS.items():
        drawn = {"line": look.line, "weight": look.weight, "dash": look.dash}
        layer = {
            "maker": "lines",
            "settings": {"url": "borders", "kind": kind, "look": drawn},
            "toggle": kind,
        }
        sign = _stroke(look.line, look.weight, look.dash)
        yield layer, _line(kind, sheet.say(f"figure.border_{kind}"), sign)
    areas = sheet.tables.get("areas")
    if areas is not None:
        yield _names(areas.geometry.to_numpy(), areas["name"].tolist(), areas.crs), None


def _facilities(sheet: Sheet) -> Iterator[Row]:
    cores = sheet.tables.get("cores")
    if cores is not None:
        half = cores[cores.index.get_level_values("percent") == 50]
        drawing = Drawing("core", _geometry(half), color=style.CORES[50], filled=0.2)
        yield _layer("core", drawing), _line("core", sheet.say("figure.core"), _square(style.CORES[50]))
    yield from _official(sheet)
    for theme in sheet.tables["facilities"]["theme"].unique():
        key = f"facilities-{theme}"
        sign = _mark(style.THEMES[theme])
        yield (
            _layer(key, Facilities(key, theme)),
            _line(key, sheet.say(f"export.theme_{theme}"), sign),
        )


def _official(sheet: Sheet) -> Iterator[Row]:
    if "areas" in sheet.tables:
        look = style.DIVISIONS.get(sheet.division, style.OWN)
        layer = _layer("areas", Areas("areas", sheet.division))
        label = figures.official_label(sheet)
        yield layer, _line("areas", label, _stroke(look.color, look.weight, look.dash))


def _layer(toggle: str, made: Shapes) -> dict[str, Any]:
    return {"maker": made.maker, "settings": made.settings, "toggle": toggle}


def _line(toggle: str, label: str, sign: str) -> dict[str, str]:
    return {"toggle": toggle, "label": label, "sign": sign}


def _names(shapes: Any, names: Sequence[str], crs: Any) -> dict[str, Any]:
    spots = to_wgs84(shapely.point_on_surface(shapes), crs=crs)
    told = [
        [round(y, 6), round(x, 6), name]
        for (x, y), name in zip(shapely.get_coordinates(spots).tolist(), names, strict=True)
    ]
    return {"maker": "names", "settings": {"spots": told}, "toggle": "names"}


def _geometry(table: GeoDataFrame) -> dict[str, Any]:
    """Give the shapes one by one: together, where two overlap would be a hole."""
    degrees = shapely.transform(
        to_wgs84(table.geometry.to_numpy(), crs=table.crs), lambda spots: spots.round(6)
    )
    return {
        "type": "GeometryCollection",
        "geometries": [json.loads(text) for text in shapely.to_geojson(degrees)],
    }


def _square(color: str) -> str:
    return (
        '<svg aria-hidden="true" viewBox="0 0 35 16"><rect x="2" y="1" width="31" height="14" '
        f'fill="{color}" fill-opacity=".6" stroke="{color}"/></svg>'
    )


def _stroke(color: str, weight: float, dash: str) -> str:
    return (
        f'<svg aria-hidden="true" viewBox="0 0 35 16"><path d="M0 8H35" stroke="{color}" '
        f'stroke-width="{weight}" stroke-dasharray="{dash}"/></svg>'
    )


def _mark(mark: style.Mark) -> str:
    drawn = {
        "circle": '<circle cx="17" cy="8" r="6"/>',
        "square": '<rect x="11" y="2" width="12" height="12"/>',
        "triangle": '<path d="M17 1L24 14H10z"/>',
        "diamond": '<path d="M17 0L25 8L17 16L9 8z"/>',
    }
    return f'<svg aria-hidden="true" viewBox="0 0 35 16" fill="{mark.color}">{drawn[mark.shape]}</svg>'


# --- What the page holds --------------------------------------------------------------------------


@cache
def _text(path: Path) -> str:
    """Read a script or sheet; one that would end the element it stands in is none of ours.

    Raises
    ------
    AssetsAltered
    """
    if not path.is_file():
        raise AssetsAltered(file=path.name)
    text = path.read_text(encoding="utf-8")
    if "</script" in text.lower() or "</style" in text.lower():
        raise AssetsAltered(file=path.name)
    # A map of sources is a request to another file.
    return "\n".join(line for line in text.splitlines() if "sourceMappingURL" not in line)


def joined(path: Path) -> str:
    """Give a module of ours with what it imports put in its place: a page that asks nothing has one module.

    Each imported module keeps its names to itself, as it would by itself.
    """

    def in_place(found: re.Match[str]) -> str:
        names, other = found.groups()
        return (
            f"const {{ {names} }} = (() => {{\n{joined(path.with_name(other))}\nreturn {{ {names} }};\n}})();"
        )

    return EXPORT.sub("", IMPORT.sub(in_place, _text(path)))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _without_pictures(sheet: str) -> str:
    """Leave out the rules that ask for picture files: none of them is on our maps."""
    return "\n".join(line for line in sheet.splitlines() if "url(" not in line)

"""The report as one HTML file."""

import base64
import html as markup
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from geopandas import GeoDataFrame
from matplotlib.figure import Figure

from geo import geojson
from geo.crs import to_wgs84
from i18n.document import Chapter, Chart, Document, Table
from maps import house_style, style
from maps.class_styles import BORDERS
from maps.documents.script_bundle import SCRIPTS, bundle_script, read_script, script_digest
from maps.interactive import basemap_shapes
from maps.interactive.leaflet_layers import AreaLayer, BasemapLayer, BrowserLayer, DrawingLayer, FacilityLayer
from maps.interactive.topojson import build_topology
from maps.static.paper_chart import draw_chart
from maps.static.print_map_parts import MapContent, named_cores, official_label
from maps.static.print_maps import png, svg

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "node_modules"
SHEET = "leaflet/dist/leaflet.css"

TALL_IN = 5.0
"""A picture higher than this has the page to itself; its tables begin on the next."""

TOLERANCE_M = 2.0
"""How far a line on the screen may lie from the true one."""

MODULE = HERE.parent / "interactive" / "leaflet" / "report.js"
"""What draws the maps of the page."""

PAPER_DPI = 110
"""Of the pictures in the page, for printing it."""


def render_html(document: Document, drawn: Mapping[str, Figure], sheet: MapContent) -> str:
    """Set a document as one page with maps that move, which asks nothing of anybody."""
    shapes, maps = _shapes(sheet), _maps(sheet)
    words = {key: sheet.say(f"canvas.{key}") for key in ("zoom_in", "zoom_out")}
    data = json.dumps({"shapes": shapes, "maps": maps, "words": words}, ensure_ascii=False)
    scripts = [read_script(FOLDER / name) for name in SCRIPTS]
    module = bundle_script(MODULE)
    allowed = " ".join(f"'sha256-{script_digest(script)}'" for script in (*scripts, module))
    rule = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    body = "".join(_chapter(chapter, drawn, maps, sheet) for chapter in document.chapters)
    return "".join(
        (
            f'<!doctype html><html lang="{_safe(document.language)}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{rule}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_safe(document.title)}</title>",
            f"<style>{_without_pictures(read_script(FOLDER / SHEET))}</style>",
            f"<style>{house_style.current().as_css()}{read_script(HERE / 'report.css')}</style>",
            f"</head><body>{_front(document)}<main>{_facts(document)}{_contents(document)}{body}</main>",
            f"<footer>{_safe(document.footer)}</footer>",
            f'<script type="application/json" id="shapes">{data.replace("<", chr(92) + "u003c")}</script>',
            *(f"<script>{script}</script>" for script in scripts),
            f'<script type="module">{module}</script></body></html>\n',
        )
    )


# --- Words of the page ----------------------------------------------------------------------------


def _front(document: Document) -> str:
    label = f'<p class="label">{_safe(document.label)}</p>' if document.label else ""
    return (
        f'<div class="front"><header>{label}<h1>{_safe(document.title)}</h1><p>{_safe(document.subtitle)}</p>'
        "</header></div>"
    )


def _facts(document: Document) -> str:
    rows = "".join(f"<div><dd>{_safe(n)}</dd><dt>{_safe(what)}</dt></div>" for n, what in document.facts)
    lines = "".join(f"<p>{_safe(line)}</p>" for line in document.imprint)
    return f'<dl class="facts">{rows}</dl>{lines}'


def _contents(document: Document) -> str:
    links = (f'<li><a href="#{_safe(each.key)}">{_safe(each.title)}</a></li>' for each in document.chapters)
    return f'<nav aria-label="{_safe(document.contents)}"><ol>{"".join(links)}</ol></nav>'


def _chapter(
    chapter: Chapter, drawn: Mapping[str, Figure], maps: Mapping[str, Any], sheet: MapContent
) -> str:
    parts = [f'<section id="{_safe(chapter.key)}"><h2>{_safe(chapter.title)}</h2>']
    parts += [f"<p>{_safe(text)}</p>" for text in chapter.paragraphs]
    if chapter.points:
        parts.append("<ul>" + "".join(f"<li>{_safe(point)}</li>" for point in chapter.points) + "</ul>")
    if chapter.picture and chapter.picture.name in maps:
        parts.append(_figure(chapter.picture.name, chapter.picture.alt, drawn, maps, sheet))
    parts += [_chart(chart) for chart in chapter.charts]
    parts += [_table(rows) for rows in chapter.tables]
    return "".join((*parts, "</section>"))


def _chart(chart: Chart) -> str:
    drawn = base64.b64encode(svg(draw_chart(chart))).decode()
    return f'<figure><img class="chart" alt="{_safe(chart.alt)}" src="data:image/svg+xml;base64,{drawn}"></figure>'


def _figure(
    name: str, alt: str, drawn: Mapping[str, Figure], maps: Mapping[str, Any], sheet: MapContent
) -> str:
    attribution = " · ".join(dict.fromkeys(text for text in (sheet.note, sheet.credit) if text))
    paper = base64.b64encode(png(drawn[name], dpi=PAPER_DPI)).decode()
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
        f"<figcaption>{_safe(sheet.say('report.map_help'))} {_safe(attribution)}</figcaption></figure>"
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


def _shapes(sheet: MapContent) -> dict[str, Any]:
    """Return the topologies that the maps are drawn from."""
    if sheet.is_empty:
        return {}
    found: dict[str, Any] = {"ground": basemap_shapes.basemap_topology(_near(sheet))}
    areas, lines, places = (sheet.tables.get(name) for name in ("areas", "borders", "facilities"))
    if areas is not None:
        found["areas"] = build_topology({"areas": areas[["name", "geometry"]]}, tolerance_m=TOLERANCE_M)
    if lines is not None:
        thin = lines[["kind", "geometry"]].set_geometry(lines.geometry.simplify(TOLERANCE_M))
        found["borders"] = build_topology({"borders": thin.reset_index(drop=True)})
    if places is not None:
        for theme, some in places.groupby("theme"):
            points = some[["name", "geometry"]].set_geometry(shapely.point_on_surface(some.geometry.array))
            found[f"facilities-{theme}"] = build_topology({"facilities": points})
    return found


def _near(sheet: MapContent) -> dict[str, GeoDataFrame]:
    """Cut the base map to what the maps are about, and some way around."""
    west, south, east, north = sheet.extent
    room = 0.3 * max(east - west, north - south)
    box = slice(west - room, east + room), slice(south - room, north + room)
    return {name: table.cx[box] for name, table in sheet.ground.items() if name in basemap_shapes.PAINTED}


def _maps(sheet: MapContent) -> dict[str, Any]:
    """Return the layers and the legend of every map there is something to show on."""
    if sheet.is_empty:
        return {}
    made = {"consensus": _consensus, "borders": _borders, "facilities": _facilities}
    needed = {"consensus": "cores", "borders": "borders", "facilities": "facilities"}
    crs = next(iter(sheet.tables.values())).crs
    box = to_wgs84(shapely.box(*sheet.extent), crs=crs).bounds
    found = {}
    for name, make in made.items():
        if len(sheet.tables.get(needed[name], ())):
            rows = list(make(sheet))
            layers = [_layer("ground", BasemapLayer("ground")), *(row for row, _ in rows)]
            legend = [legend_row for _, legend_row in rows if legend_row is not None]
            found[name] = {"layers": layers, "legend": legend, "box": list(box)}
    return found


Row = tuple[dict[str, Any], dict[str, str] | None]
"""A layer and its line in the legend."""


def _consensus(sheet: MapContent) -> Iterator[Row]:
    cores = sheet.tables["cores"]
    for percent in sorted(style.CORES):
        band = cores[cores.index.get_level_values("percent") == percent]
        key, color = f"core-{percent}", style.CORES[percent]
        drawing = DrawingLayer(key, _geometry(band), color=color, filled=0.4)
        yield _layer(key, drawing), _line(key, sheet.say("figure.band", percent=percent), _square(color))
    yield from _official(sheet)
    yield _names(*named_cores(cores), cores.crs), None


def _borders(sheet: MapContent) -> Iterator[Row]:
    for kind, look in BORDERS.items():
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


def _facilities(sheet: MapContent) -> Iterator[Row]:
    cores = sheet.tables.get("cores")
    if cores is not None:
        half = cores[cores.index.get_level_values("percent") == 50]
        drawing = DrawingLayer("core", _geometry(half), color=style.CORES[50], filled=0.2)
        yield _layer("core", drawing), _line("core", sheet.say("figure.core"), _square(style.CORES[50]))
    yield from _official(sheet)
    for theme in sheet.tables["facilities"]["theme"].unique():
        key = f"facilities-{theme}"
        sign = _mark(style.THEMES[theme])
        yield (
            _layer(key, FacilityLayer(key, theme)),
            _line(key, sheet.say(f"export.theme_{theme}"), sign),
        )


def _official(sheet: MapContent) -> Iterator[Row]:
    if "areas" in sheet.tables:
        look = style.DIVISIONS.get(sheet.division, style.OWN)
        layer = _layer("areas", AreaLayer("areas", sheet.division))
        label = official_label(sheet)
        yield layer, _line("areas", label, _stroke(look.color, look.weight, look.dash))


def _layer(toggle: str, made: BrowserLayer) -> dict[str, Any]:
    return {"maker": made.maker, "settings": made.settings, "toggle": toggle}


def _line(toggle: str, label: str, sign: str) -> dict[str, str]:
    return {"toggle": toggle, "label": label, "sign": sign}


def _names(shapes: Any, names: Sequence[str], crs: Any) -> dict[str, Any]:
    spots = to_wgs84(shapely.point_on_surface(shapes), crs=crs)
    name_spots = [
        [round(y, 6), round(x, 6), name]
        for (x, y), name in zip(shapely.get_coordinates(spots).tolist(), names, strict=True)
    ]
    return {"maker": "names", "settings": {"spots": name_spots}, "toggle": "names"}


def _geometry(table: GeoDataFrame) -> dict[str, Any]:
    """Return the shapes one by one: together, where two overlap would be a hole."""
    degrees = geojson.rounded(to_wgs84(table.geometry.to_numpy(), crs=table.crs), 6)
    return {"type": "GeometryCollection", "geometries": geojson.geometries(degrees)}


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


def _without_pictures(sheet: str) -> str:
    """Leave out the rules that ask for picture files: none of them is on our maps."""
    return "\n".join(line for line in sheet.splitlines() if "url(" not in line)

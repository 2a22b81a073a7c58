"""Photos of paper sheets, made hard on purpose, and how much of what was drawn comes back.

Sheets are rendered by the program, drawn on with shapes that real people drew (in New York) scaled into the
town, and then photographed badly: turned, tilted, bent, blurred, lit unevenly, pressed into a small JPEG.
Every photo must come back as a reading or as a refusal in words.

Run: ``python -m benchmarks.paper_accuracy --n 60 --sketches FILE --json OUT``
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyogrio
import shapely

import i18n
import settings
from geo import crs, paper_sheet
from geo.errors import BuurtError
from geo.paper_sheet import PaperSheet
from geo.sketches.cleaning import clean_sketches
from geo.sketches.limits import limits_for
from maps.documents.paper_sheet_map import map_version, render_map
from maps.documents.paper_sheet_pdf import render_sheet_png
from study import context, datasets
from study.paper.reading import SheetReading, read_photo
from study.paper.sheets import Picture, SheetFilter, create_sheets

TOWN, PROJECT = "GM9901", "demo"
PAGE_PX_PER_MM = 8.0
"""Of the A4 sheet; better than any of the photos."""
SEED = 20260
SILENT_IOU = 0.85
"""A reading less like what was drawn than this is an error; without a doubt beside it nobody is asked to look."""
GROUNDS = ((142_000.0, 508_600.0, 143_900.0, 510_500.0), (142_600.0, 509_400.0, 143_700.0, 510_500.0))
INKS = {
    "red": (0.92, 0.22, 0.24),
    "blue": (0.20, 0.36, 0.86),
    "green": (0.20, 0.66, 0.34),
    "purple": (0.50, 0.20, 0.62),
    "black": (0.16, 0.16, 0.18),
}
"""Share of red, green and blue light that comes back through the ink."""


@dataclass(frozen=True)
class Result:
    """What became of one photo."""

    kind: str
    outcome: str
    iou: float | None
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    facts: str
    seconds: float


# --- What is drawn --------------------------------------------------------------------------------


def real_shapes(path: Path, n: int, chance: np.random.Generator) -> list[Any]:
    """Take sketches of real people that are areas, in a metre plane, in a random order; of any city."""
    table = pyogrio.read_dataframe(path, max_features=20_000)
    # A stroke is an outline too: it is closed as on a phone.
    parts = shapely.get_parts(table.geometry.dropna().to_numpy())
    drawn = parts[np.isin(shapely.get_type_id(parts), (1, 3)) & (shapely.get_num_coordinates(parts) > 3)]
    chosen = drawn[chance.permutation(len(drawn))[: 6 * n + 50]]
    if not len(chosen):
        raise SystemExit(f"{path} has no outlines: take a file of neighbourhoods that people drew")
    degrees = crs.transform(chosen, table.crs, crs.WGS84)
    west, south, east, north = shapely.total_bounds(degrees)
    around = (west - 0.05, south - 0.05, east + 0.05, north + 0.05)
    found = clean_sketches(
        crs.transform(chosen, table.crs, crs.planar(around)),
        limits=replace(limits_for(around), min_area_m2=20_000),
    )
    sound = [
        shape
        for shape in found.geometry
        if shape is not None and shape.geom_type == "Polygon" and not shape.interiors and _roomy(shape)
    ]
    if not sound:
        raise SystemExit(
            f"{path} has no outline that a pen can draw: take a file of neighbourhoods that people drew"
        )
    return sound[:n]


def _roomy(shape: Any) -> bool:
    """Return whether a pen can draw it: no needle, that is one line on paper."""
    return bool(4 * np.pi * shape.area / shape.length**2 > 0.15)


L_SHAPE = shapely.Polygon([(0, 0), (10, 0), (10, 4), (4, 4), (4, 10), (0, 10)])
U_SHAPE = shapely.Polygon([(0, 0), (10, 0), (10, 9), (7, 9), (7, 3), (3, 3), (3, 9), (0, 9)])


def on_page(shape: Any, chance: np.random.Generator, *, box: paper_sheet.Box) -> Any:
    """Scale and turn a shape into a box of the page, with the tremble of a hand; mm of the A4 sheet."""
    turned = shapely.affinity.rotate(shape, float(chance.uniform(0, 360)))
    west, south, east, north = turned.bounds
    wide, high = box[2] - box[0], box[3] - box[1]
    factor = float(chance.uniform(0.6, 1.0)) * min(wide / (east - west), high / (north - south))
    points = (shapely.get_coordinates(turned) - (west, south)) * factor
    room = np.array([wide, high]) - (np.array([east - west, north - south]) * factor)
    ring = shapely.LinearRing(points + np.array(box[:2]) + room * chance.uniform(0, 1, 2))
    places = np.arange(0, ring.length, 0.7)
    line = shapely.get_coordinates(shapely.line_interpolate_point(ring, places))
    for wave in range(1, 9):
        phase = chance.uniform(0, 2 * np.pi, 2)
        size = 0.6 / wave * chance.normal(size=2)
        line = line + size * np.sin(2 * np.pi * wave * places[:, None] / ring.length + phase)
    return shapely.make_valid(shapely.Polygon(line))


def draw(page: Any, part: Any, chance: np.random.Generator, *, ink: str, width_mm: float, gap: float) -> Any:
    """Draw an outline on a page of light shares (0 to 1); a share `gap` of it is left open."""
    ring = np.roll(shapely.get_coordinates(part.exterior)[:-1], int(chance.integers(1_000_000)), axis=0)
    ring = np.vstack([ring, ring[: 1 + (gap == 0)]])
    line = shapely.LineString(ring)
    return _stroke(page, line, chance, ink=ink, width_mm=width_mm, gap=gap)


def _stroke(
    page: Any, line: Any, chance: np.random.Generator, *, ink: str, width_mm: float, gap: float
) -> Any:
    """Draw a line as a pen does, unevenly; without a gap it ends where it began."""
    kept = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.arange(0, line.length * (1 - gap), 0.3))
    )
    fine = 16
    covered = np.zeros(page.shape[:2], np.uint8)
    pixels = np.round(kept * PAGE_PX_PER_MM * fine).astype(np.int32)
    cv2.polylines(covered, [pixels], gap == 0, 255, round(width_mm * PAGE_PX_PER_MM), cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(covered, (0, 0), 1.0).astype(np.float32)[:, :, None] / 255
    coarse = chance.normal(size=(page.shape[0] // 6, page.shape[1] // 6)).astype(np.float32) * 0.05
    patchy = cv2.resize(coarse, page.shape[1::-1], interpolation=cv2.INTER_CUBIC)[:, :, None]
    share = np.clip(share * (1 + patchy), 0, 1)
    return page * (1 - share + share * np.array(INKS[ink], np.float32))


def cross_out(page: Any, part: Any, chance: np.random.Generator, *, ink: str, width_mm: float) -> Any:
    """Cross out an outline: by two lines, or by going to and fro over it."""
    west, south, east, north = part.bounds
    if chance.random() < 0.5:
        strokes = [
            [(west - 3, south - 3), (east + 3, north + 3)],
            [(west - 3, north + 3), (east + 3, south - 3)],
        ]
    else:
        n = max(int((east - west) / 7), 4)
        ways = np.column_stack([np.linspace(west, east, n), np.where(np.arange(n) % 2, south, north)])
        strokes = [[tuple(at) for at in ways + chance.normal(0, 1.0, ways.shape)]]
    for stroke in strokes:
        page = _stroke(page, shapely.LineString(stroke), chance, ink=ink, width_mm=width_mm, gap=1e-6)
    return page


def side_by_side(pages: list[Any], chance: np.random.Generator) -> Any:
    """Lay two pages on one table, the second perhaps upside down; light shares."""
    high, wide = pages[0].shape[:2]
    air = int(chance.uniform(0.02, 0.1) * wide)
    table = np.full((2 * high + 3 * air, wide + 2 * air, 3), 0.35, np.float32)
    for number, page in enumerate(pages):
        top = air + number * (high + air)
        turned = page[::-1, ::-1] if number and chance.random() < 0.5 else page
        table[top : top + high, air : air + wide] = turned
    return table


# --- The photo ------------------------------------------------------------------------------------


def photograph(page: Any, chance: np.random.Generator) -> bytes:
    """Photograph a page badly; light shares in, JPEG out."""
    longest = int(chance.integers(1800, 3300))
    wide, high = (longest, round(longest * 0.75))
    quarter = int(chance.integers(4))
    if quarter % 2:
        wide, high = high, wide
    height, width = page.shape[:2]
    page = _bent(page, chance)
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    turn = np.radians(90 * quarter + chance.uniform(-15, 15))
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = corners @ spin
    corners = corners * (1 + chance.uniform(-0.06, 0.06, corners.shape))
    span = np.ptp(corners, axis=0)
    corners = corners * (0.95 / (span / [wide, high]).max())
    corners += np.array([wide, high]) / 2 - (corners.min(axis=0) + corners.max(axis=0)) / 2
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    lay = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    size = (wide, high)
    shrink = np.sqrt(cv2.contourArea(corners.astype(np.float32)) / (width * height))
    seen = cv2.warpPerspective(
        cv2.GaussianBlur(page, (0, 0), max(0.35 / shrink, 0.3)), lay, size, flags=cv2.INTER_LINEAR
    )
    there = cv2.warpPerspective(np.ones(page.shape[:2], np.float32), lay, size)[:, :, None]
    table = np.array(chance.uniform(0.15, 0.6, 3), np.float32)
    grain = cv2.resize(chance.normal(size=(60, 80)).astype(np.float32), size)[:, :, None] * 0.04
    photo = seen * there + (table + grain) * (1 - there)
    photo = photo * _light(size, chance)
    photo = cv2.GaussianBlur(photo, (0, 0), float(chance.uniform(0.4, 1.6)) * longest / 3000)
    noise = np.empty_like(photo)
    cv2.setRNGSeed(int(chance.integers(1_000_000)))
    cv2.randn(noise, (0.0, 0.0, 0.0), (float(chance.uniform(0.004, 0.02)),) * 3)
    bgr = cv2.cvtColor(cv2.convertScaleAbs(np.maximum(photo + noise, 0), alpha=255), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(40, 92))])[1].tobytes()


def _bent(page: Any, chance: np.random.Generator) -> Any:
    """Bend the paper: places move up to a millimetre and a half."""
    height, width = page.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    size = chance.uniform(0, 1.5) * PAGE_PX_PER_MM
    phase = chance.uniform(0, 2 * np.pi, 2)
    dx = size * np.sin(np.pi * y / height + phase[0]) * 0.6
    dy = size * np.sin(np.pi * 1.3 * x / width + phase[1])
    return cv2.remap(
        page, (x + dx).astype(np.float32), (y + dy).astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _light(size: tuple[int, int], chance: np.random.Generator) -> Any:
    """Light a photo from one side, with a soft shadow and the colour of a lamp."""
    wide, high = size
    x, y = np.meshgrid(np.linspace(-1, 1, 320), np.linspace(-1, 1, 240))
    angle = chance.uniform(0, 2 * np.pi)
    slope = chance.uniform(0, 0.25) * (np.cos(angle) * x + np.sin(angle) * y)
    vignette = -chance.uniform(0, 0.18) * (x**2 + y**2)
    edge = np.cos(angle + 1) * x + np.sin(angle + 1) * y - chance.uniform(-0.6, 0.6)
    shadow = -chance.uniform(0, 0.35) / (1 + np.exp(-edge * chance.uniform(6, 25)))
    level = np.clip(chance.uniform(0.8, 1.02) + slope + vignette + shadow, 0.15, 1.1)
    lamp = np.array([1.0, chance.uniform(0.9, 1.0), chance.uniform(0.72, 1.0)])
    return cv2.resize((level[:, :, None] * lamp).astype(np.float32), (wide, high))


# --- The run --------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def blank(made: PaperSheet) -> Any:
    """Return the printed page as light shares."""
    raw = render_sheet_png(
        made,
        datasets.basemap(TOWN),
        i18n.get_translator("nl"),
        pen="any",
        credit="",
        made_up=True,
        px_per_mm=PAGE_PX_PER_MM,
    )
    bgr = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    return bgr[:, :, ::-1].astype(np.float32) / 255


@lru_cache(maxsize=8)
def render(made: PaperSheet, px_per_mm: float) -> tuple[Picture, str]:
    """Return the map as printed, and its edition."""
    ground = datasets.basemap(TOWN)
    return render_map(made, ground, px_per_mm=px_per_mm), map_version(ground, made.ground)


def sheets_of(project: str, grounds: tuple[paper_sheet.Box, ...]) -> list[PaperSheet]:
    """Create a sheet of each ground in each size."""
    ground = datasets.basemap(TOWN)
    return [
        create_sheets(project, "", n=1, size=size, ground_m=box, version=lambda at: map_version(ground, at))[
            0
        ]
        for box in grounds
        for size in ("A4", "A3")
    ]


def filled_in(
    kind: str,
    made: PaperSheet,
    shapes: list[Any],
    chance: np.random.Generator,
    *,
    ink: str,
    width_mm: float,
    gap: float,
) -> tuple[Any, list[Any]]:
    """Return the page with the drawing on it, and what was drawn, mm of the A4 sheet."""
    page = blank(made).copy()
    left, top, right, bottom = paper_sheet.FRAME
    inner = (left + 8, top + 8, right - 8, bottom - 8)
    boxes = [inner]
    if kind == "two_parts":
        middle = (inner[0] + inner[2]) / 2
        boxes = [(inner[0], inner[1], middle - 6, inner[3]), (middle + 6, inner[1], inner[2], inner[3])]
    if chance.random() < 0.15:
        page[:] = page.mean(axis=2, keepdims=True)  # a printer without colour
    parts = [on_page(shape, chance, box=box) for shape, box in zip(shapes, boxes, strict=False)]
    parts = [max(shapely.get_parts(part), key=lambda piece: piece.area) for part in parts]
    pen: dict[str, Any] = {"ink": ink, "width_mm": width_mm / paper_sheet.SIZES[made.size]}
    if kind == "crossed_out":
        first = max(shapely.get_parts(on_page(shapes[1], chance, box=inner)), key=lambda piece: piece.area)
        page = cross_out(draw(page, first, chance, gap=gap, **pen), first, chance, **pen)
    if kind == "two_pens":
        other = max(shapely.get_parts(on_page(shapes[1], chance, box=inner)), key=lambda piece: piece.area)
        unlike = [name for name in INKS if name != ink]
        page = draw(page, other, chance, gap=0.0, **(pen | {"ink": str(chance.choice(unlike))}))
    if kind != "blank":
        for part in parts:
            page = draw(page, part, chance, gap=gap, **pen)
    if kind == "no_marks":
        for number in range(4):
            (x0, y0), _, (x1, y1), _ = (paper_sheet.mark_corners(number) * PAGE_PX_PER_MM).round().astype(int)
            page[y0 - 4 : y1 + 4, x0 - 4 : x1 + 4] = 1.0
    return page, parts


def one(
    kind: str, made: list[PaperSheet], shapes: list[Any], chance: np.random.Generator, keep: Path | None
) -> list[Result]:
    """Draw, photograph and read the sheets of one photo; a result of each sheet."""
    width_mm = float(chance.choice([0.7, 1.0, 1.5, 2.0, 3.0, 4.0]))
    gap = float(chance.uniform(0.01, 0.15)) if chance.random() < 0.5 else 0.0
    ink = str(chance.choice(list(INKS)))
    drawn = [
        filled_in(kind, sheet, shapes[number:], chance, ink=ink, width_mm=width_mm, gap=gap)
        for number, sheet in enumerate(made)
    ]
    pages = [page for page, _ in drawn]
    raw = photograph(pages[0] if len(pages) == 1 else side_by_side(pages, chance), chance)
    facts = f"{made[0].size} {ink} {width_mm} mm gap {gap:.0%}"
    start = time.perf_counter()
    found: list[SheetReading | Exception]
    try:
        found = list(read_photo(raw, SheetFilter(PROJECT), render))
    except Exception as refusal:  # noqa: BLE001  # whatever breaks is a photo lost, and counted so
        found = [refusal]
    seconds = (time.perf_counter() - start) / len(made)
    results = []
    for sheet, (_, parts) in zip(made, drawn, strict=True):
        mine = next((r for r in found if isinstance(r, SheetReading) and r.sheet.key == sheet.key), None)
        if mine is None:  # the refusals of a photo are of the sheets that were not read, in no order
            refusals = [r for r in found if not isinstance(r, SheetReading)]
            result = Result(kind, _refused(refusals), None, (), (), facts, seconds)
            found = [r for r in found if not refusals or r is not refusals[0]]
        else:
            result = _compared(kind, mine, parts, facts=facts, seconds=seconds)
            if keep is not None:
                (keep / f"{kind}_{result.iou:.3f}_{chance.integers(10_000)}.jpg").write_bytes(mine.picture)
        results.append(result)
        if keep is not None and result.iou is None:
            name = result.outcome[:30].replace(" ", "").replace(":", "_")
            (keep / f"{kind}_{name}_{chance.integers(10_000)}.jpg").write_bytes(raw)
    return results


def _refused(refusals: list[Any]) -> str:
    """Return what became of a sheet that was not read: a refusal in words, or lost."""
    if not refusals:
        return "lost: nothing said"
    first = refusals[0]
    if isinstance(first, BuurtError) and i18n.get_translator("nl").explain(first):
        return f"refused: {type(first).__name__}"
    return f"lost: {first!r}"


def _compared(kind: str, mine: SheetReading, parts: list[Any], *, facts: str, seconds: float) -> Result:
    truth = shapely.union_all([shapely.transform(part, mine.sheet.to_plane) for part in parts])
    iou = mine.geometry.intersection(truth).area / mine.geometry.union(truth).area
    fewer = len(shapely.get_parts(mine.geometry)) < len(shapely.get_parts(truth)) and not mine.doubts
    outcome = "lost: a part" if fewer else "read"
    return Result(kind, outcome, iou, mine.doubts, mine.notes, facts, seconds)


def run(n: int, sketches: Path, keep: Path | None = None, seed: int = SEED) -> dict[str, Any]:
    """Create and read n sheets, and a tenth as many of each kind that must be refused."""
    chance = np.random.default_rng(seed)
    shapes = real_shapes(sketches, 2 * n + 10, chance)
    own = sheets_of(PROJECT, GROUNDS)
    few = max(n // 10, 1)
    kinds = ["two_parts"] * max(n // 6, 1) + ["L"] * max(n // 10, 1) + ["U"] * max(n // 10, 1)
    kinds = (kinds + ["one"] * n)[:n]
    elsewhere = sheets_of("another-town", GROUNDS[:1])
    elsewhere += [replace(made, x=100_000, y=450_000) for made in own[:1]]
    jobs = [(kind, own[place % len(own)]) for place, kind in enumerate(kinds)]
    jobs += [("elsewhere", elsewhere[place % len(elsewhere)]) for place in range(few)]
    jobs += [("no_marks", own[place % len(own)]) for place in range(few)]
    jobs += [("blank", own[place % len(own)]) for place in range(few)]
    for at in range(few):
        jobs += [
            ("crossed_out", own[at % len(own)]),
            ("two_pens", own[at % len(own)]),
            ("two_sheets", own[0]),
        ]
    results: list[Result] = []
    for number, (kind, made) in enumerate(jobs):
        mine = {"L": [L_SHAPE], "U": [U_SHAPE]}.get(kind) or [
            shapes[2 * number % len(shapes)],
            shapes[(2 * number + 1) % len(shapes)],
        ]
        together = [made, replace(made, number=2, key="0123456789")] if kind == "two_sheets" else [made]
        for result in one(kind, together, mine, chance, keep):
            results.append(result)
            print(f"{number + 1:>3}/{len(jobs)}", *asdict(result).values(), flush=True)
    return summed(results)


def summed(results: list[Result]) -> dict[str, Any]:
    """Count; a photo of a foreign sheet must be refused, and a drawing must come back."""
    foreign = [r for r in results if r.kind in {"elsewhere", "no_marks", "blank"}]
    drawn = [r for r in results if r not in foreign]
    read = [r for r in drawn if r.outcome == "read"]
    ious = [float(r.iou) for r in read if r.iou is not None]
    unwarned = [float(r.iou) for r in read if r.iou is not None and not r.doubts]
    return {
        "n": len(drawn),
        "read": len(read),
        "refused_with_reason": sum(r.outcome.startswith("refused") for r in drawn),
        "lost_silently": sum(r.outcome.startswith("lost") for r in results),
        "iou_median": round(float(np.median(ious)), 4) if ious else None,
        "iou_p05": round(float(np.quantile(ious, 0.05)), 4) if ious else None,
        "iou_min": round(min(ious), 4) if ious else None,
        "iou_min_unwarned": round(min(unwarned), 4) if unwarned else None,
        "silent_errors": sum(iou < SILENT_IOU for iou in unwarned),
        "warned": len(read) - len(unwarned),
        "doubts": dict(Counter(doubt for r in read for doubt in r.doubts)),
        "refusals": dict(Counter(r.outcome for r in drawn if r.outcome.startswith("refused"))),
        "must_be_refused": len(foreign),
        "must_be_refused_and_were": sum(r.outcome.startswith("refused") for r in foreign),
        "median_s": round(float(np.median([r.seconds for r in results])), 2),
        "kinds": {
            kind: _of_kind([r for r in results if r.kind == kind])
            for kind in sorted(Counter(r.kind for r in results))
        },
    }


def _of_kind(results: list[Result]) -> dict[str, Any]:
    """Count the sheets of one kind."""
    ious = [r.iou for r in results if r.iou is not None]
    return {
        "n": len(results),
        "read": sum(r.outcome == "read" for r in results),
        "refused": sum(r.outcome.startswith("refused") for r in results),
        "lost": sum(r.outcome.startswith("lost") for r in results),
        "doubted": sum(bool(r.doubts) for r in results),
        "silent_errors": sum(r.iou is not None and r.iou < SILENT_IOU and not r.doubts for r in results),
        "iou_median": round(float(np.median(ious)), 4) if ious else None,
    }


def main() -> None:
    """Run, print and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument(
        "--sketches", type=Path, required=True, help="real sketches, as GeoPackage or GeoJSON"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for pictures to look at")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings.set_for_process({"BUURT_STORE": f"sqlite:///{folder}/buurt.gpkg"})
        found = run(asked.n, asked.sketches, asked.keep, asked.seed)
        context.get_store().close()
    print(json.dumps(found, indent=2))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How long a planner waits: every answer of the planner's page, for 5,000 drawings over 518 buurten.

``python -m benchmarks.planner_latency --json OUT [--n 5000]``

Real drawings of New York are laid over the real buurten of Amsterdam, in a store and a data folder of their
own. Each answer is computed once for all drawings and once for a table's worth of them (a filter), in the
order in which the page asks: what an earlier section computed is there for a later one, as on the page. Keys
of the result: ``n``, ``areas``, and per answer ``whole_s``, ``filtered_s``.
"""

import argparse
import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

import settings
from benchmarks import datasets

AREAS = "amsterdam_buurten_2022.geojson"
MIN_M2, MAX_M2 = 2e4, 1e7
"""Larger drawings of New York are of whole boroughs."""

PROJECT, SEED = "planner", 1
MAKER = uuid.UUID(int=7)


def settle(n: int) -> None:
    """Fill the store and the data folder; three in ten drew at a workshop session, at one of two tables."""
    from geo.crs import to_wgs84  # noqa: PLC0415
    from geo.sketches.cleaning import clean_sketches  # noqa: PLC0415  # after the settings are made
    from store import Actor, Contribution, Project, WorkshopSession  # noqa: PLC0415
    from study import context  # noqa: PLC0415
    from study.imports.file_import import import_file  # noqa: PLC0415

    import_file(datasets.SHARED / "boundaries" / AREAS)
    private_store = context.get_store()
    private_store.projects.save(Project(PROJECT, "Planner", "", date(2099, 1, 1)))
    hall = WorkshopSession(PROJECT, "Hal", date.today(), groups=("a", "b"))
    workshop_session, _ = private_store.sessions.create(hall, by=Actor("administrator", account="benchmark"))
    laid = datasets.laid(AREAS, n, least_m2=MIN_M2, most_m2=MAX_M2, seed=SEED)
    shapes = clean_sketches(laid).geometry
    raw = shapely.to_geojson(to_wgs84(shapes))

    def contributions() -> Iterator[Contribution]:
        for number in np.flatnonzero(~shapely.is_missing(shapes)).tolist():
            group = ("a", "b", "b")[number % 10] if number % 10 < 3 else ""
            yield Contribution(
                str(uuid.uuid5(MAKER, str(number))),
                PROJECT,
                str(raw[number]),
                shapes[number],
                date.today(),
                session=workshop_session.id if group else "",
                group=group,
                mode="import",
                name=f"Buurt {number % 400}",
            )

    private_store.contributions.import_many(contributions())


def answers(study: Any, division: str) -> dict[str, Callable[[], Any]]:
    """Return what each section of the page asks, in the order of the page."""
    from study import review_queue  # noqa: PLC0415
    from study.analysis import (  # noqa: PLC0415
        area_fit,
        borders,
        comparison,
        neighbourhoods,
        overview,
    )
    from study.analysis.evidence.border_model import border_model  # noqa: PLC0415

    return {
        "overview": lambda: (
            overview.study_overview(study),
            overview.response_by_area(study, division),
            overview.age_distribution(study),
        ),
        "fit": lambda: (area_fit.area_fit(study, division), area_fit.area_cores(study, division)),
        "ranking": lambda: comparison.division_ranking(study),
        "borders": lambda: (
            borders.border_table(study, division),
            border_model(study),
        ),
        "neighbourhoods": lambda: neighbourhoods.neighbourhood_table(study, division),
        "disputed": lambda: neighbourhoods.disputed_ground(study),
        "triage": lambda: (
            review_queue.review_queue(study),
            review_queue.compare_with_without_flagged(study),
        ),
    }


def main() -> None:
    """Measure and write it down."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("--n", type=int, default=5_000)
    given.add_argument("--json", type=Path, required=True)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings.set_for_process(
            {"BUURT_DATA": f"{folder}/data", "BUURT_STORE": f"sqlite:///{folder}/store.gpkg"}
        )
        shipped = Path(__file__).resolve().parent.parent / "data" / "boundaries" / "GM9901"
        (Path(folder) / "data").mkdir()
        (Path(folder) / "data" / "GM9901").symlink_to(shipped)
        settle(asked.n)
        from study import context, filters  # noqa: PLC0415
        from study.analysis import comparison  # noqa: PLC0415

        whole = context.current_study(PROJECT)
        narrowed = filters.with_filters(whole, groups=("b",))
        division = comparison.divisions(whole)[0]
        found: dict[str, Any] = {
            "n": len(context.read_sketches(whole)),
            "filtered": len(context.read_sketches(narrowed)),
            "areas": len(comparison.division_areas(whole, division)),
        }
        for key, study in (("whole_s", whole), ("filtered_s", narrowed)):
            for name, answer in answers(study, division).items():
                start = time.perf_counter()
                answer()
                found.setdefault(name, {})[key] = round(time.perf_counter() - start, 2)
                print(f"{name:15} {key:11} {found[name][key]:8.2f}", flush=True)
        context.get_store().close()
    asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

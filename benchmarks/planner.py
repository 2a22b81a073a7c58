"""How long a planner waits: every answer of the planner's page, for 5,000 drawings over 518 buurten.

``python -m benchmarks.planner --json OUT [--n 5000]``

Real drawings of New York are laid over the real buurten of Amsterdam, in a store and a data folder of their
own. Each answer is computed once for all drawings and once for a table's worth of them (a filter), in the
order in which the page asks: what an earlier section computed is there for a later one, as on the page. Keys
of the result: ``n``, ``areas``, and per answer ``whole_s``, ``filtered_s``.
"""

import argparse
import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks import inputs

AREAS = "amsterdam_buurten_2022.geojson"
LEAST_M2, MOST_M2 = 2e4, 1e7
"""Larger drawings of New York are of whole boroughs."""

PROJECT, SEED = "planner", 1
MAKER = uuid.UUID(int=7)


def settle(n: int) -> None:
    """Fill the store and the data folder; three in ten drew at an evening, at one of two tables."""
    from geo import sketch  # noqa: PLC0415  # after the settings are made
    from geo.crs import to_wgs84  # noqa: PLC0415
    from store import Actor, Contribution, Project, WorkshopSession  # noqa: PLC0415
    from study import intake, projects  # noqa: PLC0415

    intake.take(inputs.SHARED / "boundaries" / AREAS)
    door = projects.opened()
    door.save_project(Project(PROJECT, "Planner", "", date(2099, 1, 1)))
    hall = WorkshopSession(PROJECT, "Hal", date.today(), groups=("a", "b"))
    evening, _ = door.add_session(hall, by=Actor("administrator", account="benchmark"))
    laid = inputs.laid(AREAS, n, least_m2=LEAST_M2, most_m2=MOST_M2, seed=SEED)
    shapes = sketch.clean_many(laid).geometry
    raw = shapely.to_geojson(to_wgs84(shapes))

    def told() -> Iterator[Contribution]:
        for number in np.flatnonzero(~shapely.is_missing(shapes)).tolist():
            group = ("a", "b", "b")[number % 10] if number % 10 < 3 else ""
            yield Contribution(
                str(uuid.uuid5(MAKER, str(number))),
                PROJECT,
                str(raw[number]),
                shapes[number],
                date.today(),
                session=evening.id if group else "",
                group=group,
                mode="import",
                name=f"Buurt {number % 400}",
            )

    door.submit_all(told())


def answers(study: Any, division: str) -> dict[str, Callable[[], Any]]:
    """Give what each section of the page asks, in the order of the page."""
    from study import border_answers, comparison, fits, neighbourhoods, overview, triage  # noqa: PLC0415

    return {
        "overview": lambda: (overview.overview(study), overview.where(study, division), overview.ages(study)),
        "fit": lambda: (fits.fits(study, division), fits.cores(study, division)),
        "ranking": lambda: comparison.ranking(study),
        "borders": lambda: (
            border_answers.table(study, division),
            border_answers.by_ground(study, division),
        ),
        "neighbourhoods": lambda: neighbourhoods.table(study, division),
        "disputed": lambda: neighbourhoods.disputed(study),
        "triage": lambda: (triage.queue(study), triage.both(study)),
    }


def main() -> None:
    """Measure and write it down."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("--n", type=int, default=5_000)
    given.add_argument("--json", type=Path, required=True)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BUURT_DATA"] = str(Path(folder) / "data")
        os.environ["BUURT_STORE"] = f"sqlite:///{folder}/store.gpkg"
        shipped = Path(__file__).resolve().parent.parent / "data" / "boundaries" / "GM9901"
        (Path(folder) / "data").mkdir()
        (Path(folder) / "data" / "GM9901").symlink_to(shipped)
        settle(asked.n)
        from study import comparison, filtering, projects  # noqa: PLC0415

        whole = projects.now(PROJECT)
        narrowed = filtering.narrowed(whole, groups=("b",))
        division = comparison.divisions(whole)[0]
        found: dict[str, Any] = {
            "n": len(projects.drawn(whole)),
            "filtered": len(projects.drawn(narrowed)),
            "areas": len(comparison.areas(whole, division)),
        }
        for key, study in (("whole_s", whole), ("filtered_s", narrowed)):
            for name, answer in answers(study, division).items():
                start = time.perf_counter()
                answer()
                found.setdefault(name, {})[key] = round(time.perf_counter() - start, 2)
                print(f"{name:15} {key:11} {found[name][key]:8.2f}", flush=True)
        projects.opened().close()
    asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

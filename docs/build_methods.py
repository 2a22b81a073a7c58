"""Write docs/methods.md from the docstrings of the registered metrics: python docs/build_methods.py."""

import inspect
import json
import re
import sys
import textwrap
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import i18n  # noqa: E402  # the checkout need not be installed
from docs.build_method_figures import PICTURES, svg  # noqa: E402  # the checkout need not be installed
from geo.metric_registry import METHOD, METRICS, Metric  # noqa: E402
from study.limits import list_limits  # noqa: E402

TARGET = ROOT / "docs" / "methods.md"
IMAGES = ROOT / "docs" / "img" / "methods"
RESULTS = ROOT / "benchmarks" / "simulations" / "results.json"
LIMITS = ROOT / "docs" / "grenzen-van-cijfers.nl.md"

OPENING = f"""# Methods

Every number, table and map that Beleefde Buurt reports, in plain words, with its formula, its range, its
traps and its source. Written from the code by `python docs/build_methods.py`; a test keeps it current.

Formulas in force: `{METHOD}`. That name stands in every export. A formula that changes gets a new version
and with it all of them get a new name.

Where nothing is known the answer is empty, never 0. Everything is computed in metres, in the Netherlands in
RD New (EPSG:28992). Shares of people are shares of the people who drew, never of "the residents".
"""

SIMULATIONS = """## What simulations say

Run by `python -m benchmarks.simulations`; their results are kept beside them.
"""

COVERAGE = """**Coverage.** Eight neighbourhoods of New York with 400 drawings each stand for the truth; samples of n of
their drawers are taken, and it is counted how often the 95 % interval holds it (standard error in brackets). Scores are
drawn from people who differ. Below ten there is no interval.

{coverage}
"""

CHANCE = """**Chance.** Discs dropped anywhere on a town of squares fit it {mean_fit} beyond chance on average
over {seeds} seeds (at most {largest} from 0). Of the {borders} borders of such towns that ten come to, {hard} are
called hard. New York, {drawings} drawings that both divisions cover:

{new_york}
"""

MODEL = """**What makes a border.** {towns} towns of 80 people with known effects; the mean that the inclusion model
finds, and how often its 90 % interval of the factor holds the truth:

{effects}
"""

FIELDS = {"Parameters": "Needs", "Returns": "Gives", "Raises": "Refuses", "References": "Source"}

UNITS = {
    "share": "share, 0 to 1",
    "score": "score, 0 to 10",
    "index": "number without unit",
    "m2": "m²",
    "people": "people or things",
}


def sections(text: str) -> dict[str, str]:
    """Cut a numpydoc docstring at its underlined headings; what comes first has the heading ''."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", text + "\n", flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def markdown(text: str) -> str:
    """Turn the few marks of reStructuredText that we use into Markdown."""
    text = re.sub(r":(?:func|data|meth|class|mod):`~?([^`]+)`", r"`\1`", text)
    text = text.replace("``", "`")
    text = re.sub(r"^\.\. \[(\d+)\]", r"\\[\1]", text, flags=re.MULTILINE)
    return re.sub(r"\[(\d+)\]_", r"\\[\1]", text)


def listed(text: str, depth: int = 0) -> str:
    """Turn a definition list into bullets, however deep."""
    lines = text.strip("\n").split("\n")
    found: list[str] = []
    prose = False
    at = 0
    while at < len(lines):
        line, below = lines[at], at + 1
        while below < len(lines) and (lines[below].startswith("    ") or not lines[below]):
            below += 1
        block = textwrap.dedent("\n".join(lines[at + 1 : below])).strip("\n")
        bullet = f"{'  ' * depth}- {line}"
        if re.search(r"^    ", block, re.MULTILINE):
            found.append(f"{bullet}:\n{listed(block, depth + 1)}")
        elif block:
            found.append(f"{bullet}: {' '.join(block.split())}")
        elif line and prose:
            found[-1] += f" {line}"
        elif line:
            found.append(bullet)
        prose = bool(line) and not block
        at = below
    return "\n".join(found)


def section(metric: Metric) -> str:
    """Write what one metric says."""
    text = inspect.getdoc(metric.function)
    if not text:
        raise SystemExit(f"{metric.key} has no docstring; write one")
    parts = sections(text)
    where = f"{metric.function.__module__}.{metric.function.__name__}"
    found = [
        f"### {metric.key}",
        f"{UNITS.get(metric.unit, metric.unit)} · version {metric.version} · `{where}`",
        markdown(parts[""]).strip(),
    ]
    if metric.key in PICTURES:
        found.append(f"![{PICTURES[metric.key].words}](img/methods/{metric.key}.svg)")
    for heading, title in FIELDS.items():
        if heading not in parts:
            continue
        if heading == "References":
            sources = [
                " ".join(source.split()) for source in re.split(r"\n(?=\.\. \[)", parts[heading].strip())
            ]
            body = markdown("\n".join(sources)).replace("\n", "\n\n")
        else:
            body = markdown(listed(parts[heading]))
        found.append(f"**{title}**\n\n{body}")
    if "Examples" in parts:
        found.append(f"**Example**\n\n{example(parts['Examples'])}")
    return "\n\n".join(found)


def example(text: str) -> str:
    """Show prose as prose and doctest as code."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        code = block.lstrip().startswith(">>>")
        found.append(f"```python\n{block}\n```" if code else markdown(block))
    return "\n\n".join(found)


def table(heads: list[str], rows: list[list[object]]) -> str:
    """Write a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def simulated() -> str:
    """Write what the simulations found, of those that were run."""
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    parts = {"coverage": coverage, "chance": by_chance, "border_model": effects}
    stated = [write(found[name]).strip() for name, write in parts.items() if name in found]
    return "\n\n".join([SIMULATIONS.strip(), *stated])


def coverage(held: dict[str, Any]) -> str:
    """Write how often each interval holds the truth."""
    measures = {
        "agreement": "agreement of two drawers",
        "iou": "overlap with an official area",
        "means": "mean score",
    }
    rows: list[list[object]] = [
        [words, *(f"{held[key][n]['coverage']:.3f} ({held[key][n]['error']:.3f})" for n in held[key])]
        for key, words in measures.items()
    ]
    return COVERAGE.format(
        coverage=table(["95 % interval of", *(f"n = {n}" for n in held["agreement"])], rows)
    )


def by_chance(found: dict[str, Any]) -> str:
    """Write what fits and is hard by chance."""
    divisions: list[list[object]] = [
        [name, *(f"{row[key]:.3f}" for key in ("mean_iou", "chance", "fit"))]
        for name, row in found["new_york"].items()
        if isinstance(row, dict)
    ]
    return CHANCE.format(
        mean_fit=f"{found['discs']['mean_fit']:.4f}",
        largest=f"{found['discs']['largest']:.4f}",
        seeds=found["discs"]["seeds"],
        borders=found["lines"]["borders"],
        hard=f"{found['lines']['hard']:.1%}",
        drawings=found["new_york"]["drawings"],
        new_york=table(["division", "mean best overlap", "by chance", "beyond chance"], divisions),
    )


def effects(model: dict[str, Any]) -> str:
    """Write which effects the inclusion model finds."""
    rows: list[list[object]] = [
        [
            name,
            row["true"],
            f"{row['mean']:.3f}",
            f"{model['held_90'][name]:.2f}" if name in model["held_90"] else "",
        ]
        for name, row in model["effects"].items()
    ]
    return MODEL.format(
        towns=model["towns"], effects=table(["effect", "true", "found", "interval holds it"], rows)
    )


def document() -> str:
    """Write the whole document."""
    found, seen = [OPENING.strip(), simulated()], set[str]()
    for module, metrics in groupby(METRICS, key=lambda metric: metric.function.__module__):
        opening = "" if module in seen else inspect.getdoc(sys.modules[module]) or ""
        seen.add(module)
        found.append(f"## {module.removeprefix('geo.').capitalize()}\n\n{markdown(opening)}".strip())
        found += [section(metric) for metric in metrics]
    return "\n\n".join(found) + "\n"


def limits() -> str:
    """Write what the figures do not say, in the words of the planner's page and the report."""
    say = i18n.get_translator("nl")
    points = "\n".join(f"- {point}" for point in list_limits(say))
    return f"# {say('limits.title')}\n\n{say('limits.intro')}\n\n{points}\n"


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for key, picture in PICTURES.items():
        (IMAGES / f"{key}.svg").write_bytes(svg(picture))
    TARGET.write_text(document(), encoding="utf-8", newline="\n")
    LIMITS.write_text(limits(), encoding="utf-8", newline="\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(METRICS)} metrics, {len(PICTURES)} pictures, formulas {METHOD}")

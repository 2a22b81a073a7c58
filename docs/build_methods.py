"""Write docs/methods.md from the docstrings of the registered metrics: python docs/build_methods.py."""

import inspect
import re
import sys
import textwrap
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.figures import PICTURES, svg  # noqa: E402  # the checkout need not be installed
from geo.metrics import METHOD, METRICS, Metric  # noqa: E402

TARGET = ROOT / "docs" / "methods.md"
IMAGES = ROOT / "docs" / "img" / "methods"

OPENING = f"""# Methods

Every number, table and map that Beleefde Buurt reports, in plain words, with its formula, its range, its
traps and its source. Written from the code by `python docs/build_methods.py`; a test keeps it current.

Formulas in force: `{METHOD}`. That name stands in every export. A formula that changes gets a new version
and with it all of them get a new name.

Where nothing is known the answer is empty, never 0. Everything is computed in metres, in the Netherlands in
RD New (EPSG:28992). Shares of people are shares of the people who drew, never of "the residents".
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
        elif heading == "Raises":
            body = " ".join(parts[heading].split())
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


def document() -> str:
    """Write the whole document."""
    found = [OPENING.strip()]
    for module, metrics in groupby(METRICS, key=lambda metric: metric.function.__module__):
        opening = inspect.getdoc(sys.modules[module]) or ""
        found.append(f"## {module.removeprefix('geo.').capitalize()}\n\n{markdown(opening)}")
        found += [section(metric) for metric in metrics]
    return "\n\n".join(found) + "\n"


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for key, picture in PICTURES.items():
        (IMAGES / f"{key}.svg").write_bytes(svg(picture))
    TARGET.write_text(document(), encoding="utf-8", newline="\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(METRICS)} metrics, {len(PICTURES)} pictures, formulas {METHOD}")

"""A page that loads nothing holds every module once, and each keeps its names to itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from geo.errors import AssetsAltered
from maps.documents.report_html import MODULE
from maps.documents.script_bundle import bundle_script

NODE = shutil.which("node")


def written(folder: Path, **modules: str) -> Path:
    """Modules in a folder; the first one is the entry."""
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(modules))}.js"


def said(script: str) -> list[str]:
    """Run a script by itself in Node.js and return the lines it wrote."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(NODE is None, reason="node is absent")
def test_a_module_that_two_import_is_there_once_and_its_state_is_shared(tmp_path: Path) -> None:
    """Both count on one counter: 1, 2. Two copies of it would say 1, 1."""
    entry = written(
        tmp_path,
        entry="""
import { one } from "./one.js";
import { other } from "./other.js";
console.log(one());
console.log(other());
""",
        one="""
import { count } from "./counter.js";
const name = "one";
export function one() {
  return `${name} ${count()}`;
}
""",
        other="""
import {
  count,
  STEP,
} from "./counter.js";
const name = "other";
export const other = () => `${name} ${count()} ${STEP}`;
""",
        counter="""
let counted = 0;
export const STEP = 1;
export function count() {
  counted += STEP;
  return counted;
}
""",
    )
    assert said(bundle_script(entry)) == ["one 1", "other 2 1"]


@pytest.mark.parametrize(
    "text",
    [
        'import all from "./one.js";\n',
        'import * as all from "./one.js";\n',
        'import { one } from "elsewhere";\n',
        'import { one } from "https://elsewhere.example/one.js";\n',
        "const one = 1;\nexport { one };\n",
        "export default function () {}\n",
        'import { one } from "./absent.js";\n',
        "const end = '</script>';\n",
    ],
)
def test_what_is_not_understood_stops_the_page_rather_than_breaking_it(tmp_path: Path, text: str) -> None:
    entry = written(tmp_path, entry=text, one="export const one = 1;\n")
    with pytest.raises(AssetsAltered):
        bundle_script(entry)


def test_a_circle_is_refused(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        entry='import { one } from "./one.js";\n',
        one='import { two } from "./two.js";\nexport const one = 1;\n',
        two='import { one } from "./one.js";\nexport const two = 2;\n',
    )
    with pytest.raises(AssetsAltered, match=r"entry\.js|one\.js"):
        bundle_script(entry)


def test_the_report_holds_every_module_of_its_maps_once() -> None:
    bundle = bundle_script(MODULE)
    lines = bundle.splitlines()
    for name in ("topology_cache", "registry", "world", "label_boxes", "base_map", "report"):
        assert lines.count(f"const module_{name} = (() => {{") == 1
    assert not [line for line in lines if line.startswith(("import ", "export "))]

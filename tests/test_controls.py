"""Every button, box, list, slider and field of every page is used by a test, in the real app.

The controls are read from the syntax trees of the pages, the presses from those of the tests: a press counts
when it goes through `tests.support.controls`, names its text, and stands in a test or in what a test calls.
"""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product

import pytest
from streamlit.delta_generator import DeltaGenerator

import i18n
from tests.support.browser import ROOT

VERBS = {
    "vega_lite_chart": "mark",
    "button": "press",
    "camera_input": "upload",
    "checkbox": "press",
    "date_input": "date",
    "download_button": "download",
    "file_uploader": "upload",
    "form_submit_button": "press",
    "link_button": "press",
    "multiselect": "choose",
    "number_input": "fill",
    "page_link": "press",
    "pills": "pick",
    "popover": "press",
    "radio": "pick",
    "segmented_control": "pick",
    "select_slider": "slide",
    "selectbox": "choose",
    "slider": "slide",
    "text_area": "fill",
    "text_input": "fill",
    "toggle": "press",
}
"""What of Streamlit a person uses, and the function of `tests.support.controls` that does so."""

WRAPPERS = {"choose_one": "pick", "write_line": "fill", "write_text": "fill"}
"""Functions of ours that show one of these with the text and key they are given."""

SHELLS = {"expander", "tabs"}
"""What opens and holds other things: using those opens it."""


@dataclass(frozen=True)
class Control:
    """Something on a page that can be pressed: its text, and the key of its widget; ``*`` stands for anything."""

    where: str
    verb: str
    text: str
    key: str


@dataclass(frozen=True)
class Press:
    """A press in a test."""

    verb: str
    text: str
    key: str


# --- What a syntax tree says ----------------------------------------------------------------------


def literals(node: ast.expr | None, tree: ast.AST) -> list[str]:
    """Return the texts in a tuple, list or set, or the keys of a dict, also when named at the top of the module."""
    if isinstance(node, ast.Name):
        named = [
            one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign | ast.AnnAssign)
            for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
            if isinstance(target, ast.Name) and target.id == node.id
        ]
        return literals(named[0], tree) if len(named) == 1 else []
    if isinstance(node, ast.Dict):
        listed = list(node.keys)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        listed = list(node.elts)
    else:
        return []
    texts = [one.value for one in listed if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return texts if len(texts) == len(listed) else []


def values(name: str, inside: ast.AST, tree: ast.AST) -> list[str]:
    """Return what a name goes through in the loops of a function; ``*`` where that cannot be read."""
    loops = [
        one.iter
        for one in ast.walk(inside)
        if isinstance(one, ast.For | ast.comprehension)
        and isinstance(one.target, ast.Name)
        and one.target.id == name
    ]
    return [text for loop in loops for text in literals(loop, tree) or ["*"]] or ["*"]


def written(node: ast.expr | None, inside: ast.AST, tree: ast.AST) -> list[str]:
    """Return every text that a literal may be, with ``*`` for what cannot be read; none for another expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return written(node.body, inside, tree) + written(node.orelse, inside, tree)
    if isinstance(node, ast.JoinedStr):
        parts = [
            [str(part.value)]
            if isinstance(part, ast.Constant)
            else values(part.value.id, inside, tree)
            if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name)
            else ["*"]
            for part in node.values
        ]
        return ["".join(chosen) for chosen in product(*parts)]
    return []


def pattern(node: ast.expr) -> str:
    """Return what a literal says, with ``*`` for all that is filled in."""
    return next(iter(written(node, ast.Pass(), ast.Pass())), "*")


def labels(node: ast.expr, inside: ast.FunctionDef, tree: ast.AST) -> list[str]:
    """Return the keys of all texts that a label may show; none where it is no text of ours."""
    if isinstance(node, ast.IfExp):
        return labels(node.body, inside, tree) + labels(node.orelse, inside, tree)
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in labels(value, inside, tree)]
    if isinstance(node, ast.Call):
        return [text for text in spelled(node.args[0], inside, tree) if "." in text] if node.args else []
    if not isinstance(node, ast.Name):
        return []
    return [text for value, where in meant(node, inside, tree) for text in labels(value, where, tree)]


def spelled(node: ast.expr, inside: ast.FunctionDef, tree: ast.AST) -> list[str]:
    """Return the keys that an expression may be, also where they have a name first."""
    if isinstance(node, ast.Name):
        return [text for value, where in meant(node, inside, tree) for text in spelled(value, where, tree)]
    return written(node, inside, tree)


def meant(node: ast.Name, inside: ast.FunctionDef, tree: ast.AST) -> list[tuple[ast.expr, ast.FunctionDef]]:
    """Return what a name may stand for: what callers in the module give, or what is assigned to it here."""
    given = [one.arg for one in inside.args.args]
    if node.id in given:
        place = given.index(node.id)
        return [
            (call.args[place], caller)
            for caller in functions_of(tree)
            for call in ast.walk(caller)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == inside.name and len(call.args) > place
        ]
    return [
        (one.value, inside)
        for one in ast.walk(inside)
        if isinstance(one, ast.Assign) and any(ast.unparse(target) == node.id for target in one.targets)
    ]


def functions_of(tree: ast.AST) -> list[ast.FunctionDef]:
    """Return the functions of a module, and those within them."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def keyed(call: ast.Call, inside: ast.AST, tree: ast.AST) -> list[str]:
    """Return the keys that a call names; one empty one without."""
    found = [text for one in call.keywords if one.arg == "key" for text in written(one.value, inside, tree)]
    return found or [""]


# --- Controls -------------------------------------------------------------------------------------


def controls_of(source: str, where: str) -> Iterator[Control]:
    """Return the controls that a module of pages shows."""
    tree = ast.parse(source)
    for inside in functions_of(tree):
        for call in ast.walk(inside):
            if not (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in VERBS | WRAPPERS
                and inside.name not in WRAPPERS
            ):
                continue
            key = next((pattern(one.value) for one in call.keywords if one.arg == "key"), "")
            for text in (labels(call.args[0], inside, tree) if call.args else []) or [""]:
                yield Control(f"{where}:{call.lineno}", (VERBS | WRAPPERS)[call.func.attr], text, key)


def foot() -> Iterator[Control]:
    """Return the links at the foot of a page: what is listed there, by the title of its page."""
    where = "ui/pages/page_list.py"
    tree = ast.parse((ROOT / where).read_text(encoding="utf-8"))
    listed = [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Tuple)
    ]
    for row in [row for table in listed for row in table.elts if isinstance(row, ast.Tuple)]:
        titles = [text for one in row.elts for text in written(one, tree, tree) if "." in text]
        yield from (Control(f"{where}:{row.lineno}", "press", text, "") for text in titles[:1])


def every_control() -> list[Control]:
    """Return every control of the app, once each."""
    # A name that goes through two loops in one function seems to make texts that there are not.
    texts = {f"{room}.{key}" for room, said in i18n.get_translator("nl").sections().items() for key in said}
    found = [
        one
        for file in sorted((ROOT / "ui").rglob("*.py"))
        for one in controls_of(file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix())
        if one != Control(one.where, "press", "", "") or "footer" not in one.where
    ]
    once = {(one.where.partition(":")[0], one.verb, one.text, one.key): one for one in [*found, *foot()]}
    return [one for one in once.values() if not one.text or "*" in one.text or one.text in texts]


# --- Presses --------------------------------------------------------------------------------------


def is_skipped(test: ast.FunctionDef) -> bool:
    """Return whether a test is marked not to count."""
    return any(word in ast.unparse(one) for one in test.decorator_list for word in ("skip", "xfail"))


def presses_of(sources: list[str]) -> set[Press]:
    """Return the presses in tests that run, and in the functions that those call."""
    trees = [ast.parse(source) for source in sources]
    known = [(one, tree) for tree in trees for one in functions_of(tree)]
    waiting = [(one, tree) for one, tree in known if one.name.startswith("test_") and not is_skipped(one)]
    seen, found = {id(one) for one, _ in waiting}, set[Press]()
    while waiting:
        inside, tree = waiting.pop()
        called = {node.id for node in ast.walk(inside) if isinstance(node, ast.Name)}
        fresh = [(one, of) for one, of in known if one.name in called and id(one) not in seen]
        fresh = [(one, of) for one, of in fresh if not one.name.startswith("test_")]
        seen.update(id(one) for one, _ in fresh)
        waiting += fresh
        for call in ast.walk(inside):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {
                f"controls.{verb}" for verb in VERBS.values()
            }:
                verb = ast.unparse(call.func).removeprefix("controls.")
                texts = written(call.args[1], inside, tree) if len(call.args) > 1 else [""]
                found |= {Press(verb, text, key) for text in texts for key in keyed(call, inside, tree)}
    return found


def every_press() -> set[Press]:
    """Return every press of a test in a page of the real app."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return presses_of([file.read_text(encoding="utf-8") for file in files])


def shared_texts(every: list[Control]) -> set[str]:
    """Return the texts that more than one control shows."""
    n_keys = Counter(text for text, _ in {(one.text, one.key or one.where) for one in every if one.text})
    return {text for text, n in n_keys.items() if n > 1}


def is_pressed(one: Control, presses: set[Press], shared: set[str]) -> bool:
    """Return whether a press is of this control: by its text, and by its key where others have that text too."""
    by_key = one.text in shared or not one.text
    return any(
        press.verb == one.verb
        and (press.text or press.key)
        and "*" not in press.text
        and fnmatchcase(press.text, one.text)
        and (fnmatchcase(press.key, one.key) and press.key != "*" if by_key else True)
        for press in presses
    )


EVERY = every_control()
SHARED = shared_texts(EVERY)


@pytest.fixture(scope="module")
def presses() -> set[Press]:
    """Return every press there is."""
    return every_press()


@pytest.mark.parametrize("one", EVERY, ids=[f"{one.where}-{one.text or one.key}" for one in EVERY])
def test_a_test_presses_it(one: Control, presses: set[Press]) -> None:
    assert one.text or one.key, f"{one.where}: neither a text of ours nor a key to press it by"
    assert one.key or one.text not in SHARED, f"{one.where}: others say {one.text} too, so it needs a key"
    assert is_pressed(one, presses, SHARED), f"{one.where}: no test presses {one.text or one.key} ({one.key})"


def test_every_press_is_of_a_control(presses: set[Press]) -> None:
    """A press by an old name would pass for one of a control that is gone."""
    gone = {press for press in presses if not any(is_pressed(one, {press}, SHARED) for one in EVERY)}
    assert gone == set()


PAGE = """
SORTS = {"a": 1, "b": 2}
def page(say):
    for sort in SORTS:
        st.button(say(f"one.{sort}"), key=f"sort_{sort}")
    label = say("two.on" if on else "two.off")
    left.toggle(label)
    _offer(say("three.pdf"))
    _write("four.words")
def _offer(label):
    st.download_button(label, key="x")
def _write(text):
    fields.write_line(say(text), key="y")
"""


def test_the_list_is_whole() -> None:
    """By hand: a loop, either text of a toggle, a label and a text that come from who calls."""
    assert {(one.verb, one.text, one.key) for one in controls_of(PAGE, "p")} == {
        ("press", "one.a", "sort_*"),
        ("press", "one.b", "sort_*"),
        ("press", "two.on", ""),
        ("press", "two.off", ""),
        ("download", "three.pdf", "x"),
        ("fill", "four.words", "y"),
    }
    assert len(EVERY) > 100
    assert {"foot.privacy", "planner.menu"} <= {one.text for one in EVERY}


def test_no_kind_of_input_is_forgotten() -> None:
    """Whatever Streamlit calls us back for, as far as our pages show it."""
    kinds = {
        name
        for name, method in inspect.getmembers(DeltaGenerator, inspect.isfunction)
        if inspect.signature(method).parameters.keys() & {"on_change", "on_click", "on_select"}
    }
    shown = {
        call.func.attr
        for file in (ROOT / "ui").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    }
    assert {"button", "radio", "slider"} <= kinds
    assert shown & kinds - SHELLS <= VERBS.keys()


def test_only_a_press_that_happens_counts() -> None:
    """By hand: a helper counts where a test calls it; a dead helper, a skipped test and a guess do not."""
    source = """
def helper(page): controls.press(page, "a.helped")
def dead(page): controls.press(page, "a.dead")
def test_one(page):
    helper(page)
    for key in ("x", "y"): controls.press(page, f"a.{key}", key="k")
    controls.press(page, name)
@pytest.mark.skip
def test_two(page): controls.press(page, "a.skipped")
"""
    found = presses_of([source])
    assert {(one.text, one.key) for one in found} == {("a.helped", ""), ("a.x", "k"), ("a.y", "k")}

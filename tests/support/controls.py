"""Press a control of a page by the key of its text, as a person would who reads that text.

`tests/test_controls.py` lists every control of every page and demands that a test presses it through this module.
"""

import datetime
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect

import i18n

PATIENCE_MS = 120_000
"""As long as a busy machine needs; who waits for nothing waits this long before a test fails."""
ANSWERED = """(patience) => new Promise((resolve, reject) => {
  const began = performance.now();
  let still = 0;
  const look = () => {
    const made = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
    still = made && window.messages?.answered !== false ? still + 1 : 0;
    if (still > 4) resolve();
    else if (performance.now() - began > patience) reject(new Error("the page is never made"));
    else setTimeout(look, 25);
  };
  look();
})"""
"""Wait until the page has been made, and every message answered, for a tenth of a second."""
ROLES = ("button", "link", "checkbox", "switch", "tab")
"""Roles of what is pressed, in the order in which they are looked for."""


def text_of(key: str) -> re.Pattern[str]:
    """Return a pattern for the whole visible text of a key, to adults or children, whatever facts are in it."""
    kinds = {
        i18n.get_translator("nl", children=children).section(key.partition(".")[0])[key.partition(".")[2]]
        for children in (False, True)
    }
    pattern = "|".join(re.sub(r"\\\{[^}]*\\\}", ".*", re.escape(kind)) for kind in kinds)
    return re.compile(rf"^\s*(\S+\s+)?({pattern})\s*$")


def find(page: Page, text: str = "", *, key: str = "") -> Locator:
    """Return the one control with this text, within the widget of this key where one is named."""
    place: Any = page.locator(f".st-key-{key}") if key else page
    named = {"name": text_of(text)} if text else {}
    every = place.get_by_role(ROLES[0], **named)
    for role in ROLES[1:]:
        every = every.or_(place.get_by_role(role, **named))
    found: Locator = every.or_(place.locator("summary").filter(has_text=text_of(text))) if text else every
    return found.first


def rest(page: Page) -> None:
    """Wait until the page is made: what is pressed while it is made anew may be another control the next moment.

    Between a press and the first word of the server about it the page looks made, so its messages are looked at too.
    """
    while True:
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE_MS)
        try:
            page.evaluate(ANSWERED, PATIENCE_MS)
        except Error as fault:
            if "context was destroyed" not in fault.message:
                raise
        else:  # else another page came meanwhile
            return


def press(page: Page, text: str = "", *, key: str = "") -> None:
    """Wait until a control can be used, and press it; a box or toggle must change by that."""
    found = find(page, text, key=key)
    found.wait_for(state="attached", timeout=PATIENCE_MS)
    if found.get_attribute("type") != "checkbox":
        expect(found).to_be_enabled()
        found.click()
        return
    rest(page)
    expect(found).to_be_enabled()
    was = found.is_checked()
    found.press("Space")
    expect(found).to_be_checked(checked=not was)


def unfold(page: Page, text: str, *, key: str = "") -> None:
    """Open the part of a page that is folded below this text, once the page is made."""
    rest(page)
    within(page, key).locator("summary").filter(has=page.get_by_text(text_of(text))).click(
        timeout=PATIENCE_MS
    )


def download(page: Page, text: str, *, key: str = "") -> bytes:
    """Press a control that gives a file, and return its contents."""
    rest(page)  # the address of a file is made anew with the page
    with page.expect_download(timeout=PATIENCE_MS) as fetched:
        press(page, text, key=key)
    return Path(fetched.value.path()).read_bytes()


def upload(page: Page, text: str, *files: tuple[str, bytes], key: str = "") -> None:
    """Bring files to the box with this text."""
    place: Any = page.locator(f".st-key-{key}") if key else page
    box = place.get_by_test_id("stFileUploader").filter(has_text=text_of_part(text))
    box.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": contents}
            for name, contents in files
        ]
    )


def within(page: Page, key: str) -> Any:
    """Return the widget of this key, or the whole page without one."""
    return page.locator(f".st-key-{key}") if key else page


def choose(page: Page, text: str, option: str, *, key: str = "") -> None:
    """Choose from a list, as who types a part of the option and picks it; one more where several may be chosen."""
    named = {"name": text_of(text)} if text else {}
    field = within(page, key).get_by_role("combobox", **named)
    rest(page)
    field.click(timeout=PATIENCE_MS)
    page.keyboard.type(option)
    page.get_by_role("option", name=option).first.click()
    several = field.locator("xpath=ancestor::*[@data-testid='stMultiSelect']")
    if several.count():
        expect(several).to_contain_text(option)
        field.press("Tab")  # its list stays open for the next
    else:
        expect(field).to_have_value(re.compile(re.escape(option)))


def pick(page: Page, text: str, option: str, *, key: str = "") -> None:
    """Pick one of a few that stand beside or below each other, by its whole text."""
    place, named = within(page, key), {"name": text_of(text)} if text else {}
    rest(page)
    group = place.get_by_role("radiogroup", **named).or_(place.get_by_role("toolbar", **named)).first
    found = group.get_by_role("radio", name=option, exact=True)
    found = found.or_(group.get_by_role("button", name=option, exact=True))
    found.wait_for(state="attached", timeout=PATIENCE_MS)
    is_toggle = found.get_attribute("aria-pressed") is not None
    group.get_by_text(option, exact=True).first.click()
    if is_toggle:  # where several may be picked
        expect(found).to_have_attribute("aria-pressed", "true")
    else:
        expect(found).to_be_checked()


def mark(page: Page, text: str = "", *, key: str, name: str) -> None:
    """Click the mark of a chart whose sentence begins with a name; a chart itself has no text."""
    assert not text
    found = within(page, key).locator(f".mark-symbol path[aria-label^='{name}']")
    found.click(timeout=PATIENCE_MS)


def fill(page: Page, text: str, words: str, *, key: str = "") -> None:
    """Write into a field, and leave it."""
    field = within(page, key).get_by_label(text_of(text)).and_(page.locator("input, textarea")).first
    field.fill(words, timeout=PATIENCE_MS)
    expect(field).to_have_value(words)
    field.press("Tab")


def date(page: Page, text: str, *days: datetime.date, key: str = "") -> None:
    """Type a day, or the first and last day of a period, into its field."""
    names = {"name": text_of_part(text)}
    groups = within(page, key).get_by_role("group", **names)
    groups.first.wait_for(timeout=PATIENCE_MS)
    for group, day in zip(groups.all(), days, strict=True):
        group.get_by_role("spinbutton").first.focus(timeout=PATIENCE_MS)
        page.keyboard.type(f"{day:%d%m%Y}")
    for _ in ("calendar", "what comes after"):  # a day counts once the whole field is left
        page.keyboard.press("Tab")


def slide(page: Page, text: str, steps: int, *, key: str = "") -> None:
    """Move a slider so many steps to the right, by the keyboard."""
    knob = within(page, key).get_by_role("slider", name=text_of_part(text))
    knob.focus(timeout=PATIENCE_MS)
    was = knob.input_value()
    for _ in range(steps):
        knob.press("ArrowRight")
    expect(knob).not_to_have_value(was)


def said(page: Page, text: str) -> Locator:
    """Wait until the text of a key stands on the page, whatever facts are in it."""
    found = page.get_by_text(text_of(text)).first
    found.wait_for(timeout=PATIENCE_MS)
    return found


def text_of_part(key: str) -> re.Pattern[str]:
    """Return a pattern for the text of a key anywhere in a larger text."""
    return re.compile(text_of(key).pattern.removeprefix("^").removesuffix("$"))

"""The tab of the browser: it keeps the key to a drawing until all is told, and shows steps from their top."""

from dataclasses import dataclass

from ui import scripts


@dataclass(frozen=True)
class Kept:
    """What a tab remembers: the key to a drawing that is in the store, and whether there is a draft."""

    key: str
    drafted: bool


def remember(project: str, *, key: str | None, step: str, title: str) -> Kept | None:
    """Let the tab remember a key, or forget it (""), or leave it (None); give what it remembered.

    Gives None until the browser answered.
    """
    data = {"project": project, "key": key, "step": step, "title": title}
    found = scripts.run("shell/tab.js", key="tab", data=data, heard={"kept": None}).get("kept")
    return None if found is None else Kept(str(found.get("key", "")), bool(found.get("drafted")))

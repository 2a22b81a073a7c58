"""What a merged file released, written in the ledger of this store: under our own tokens, and in the order of here.

A project has one secret here, and it never changes: under another one a device, or a ticket, would be somebody
new. So the people of a file are looked up among its contributions and written down as the same people here.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any

import shapely

from geo.release.ledger import WITHDRAWN, outline_version
from store import row_mapping
from store.engines.base import Engine, Transaction
from store.models.editions import token
from store.repositories.moderation import active_decisions
from store.repositories.release_ledger import people_of_project, project_secret

_BYTES = 8
_TOKEN = re.compile(r"[0-9a-f]{16}")


_SECRET = re.compile(r"[0-9a-f]{64}")
_MOST_RELEASES = 1_000_000


def secret_of_file(box: Transaction, project: str) -> bytes:
    """Return the secret under which a file holds the people of a project; empty where it has no sound one."""
    found = box.query("SELECT value FROM setting WHERE key = ?", (f"ledger:{project}",))
    return bytes.fromhex(found[0][0]) if found and _SECRET.fullmatch(str(found[0][0])) else b""


class MergedLedger:
    """The ledger of one project in a file, and the same in this store.

    Parameters
    ----------
    box, source
        The file.
    office
        This store.
    project
        Id of the project; the contributions of the file are here already.
    """

    def __init__(self, box: Transaction, source: Engine, office: Transaction, project: str) -> None:
        self.box, self.office, self.project = box, office, project
        self.theirs = secret_of_file(box, project)
        self.ours = project_secret(office, project)
        self.person = people_of_project(box, project)
        here = {row[0] for row in office.query("SELECT id FROM contribution WHERE project = ?", (project,))}
        self.gone = self.person.keys() - here
        self.known = {self._token("person", person): person for person in self.person.values()}
        self.pieces = {self._token("contribution", one): ("contribution", one) for one in self.person}
        for version in _outline_versions(box, source, project):
            self.pieces[self._token("version", version)] = ("version", version)

    def copy(self, name_of: Callable[[str, str, str], str]) -> None:
        """Insert every release that is not here yet, after those that are.

        Parameters
        ----------
        name_of
            Edition, table and key of a cell in the file to its key here.
        """
        last = self.office.query(
            "SELECT coalesce(max(release_number), 0) FROM release_set WHERE project = ?", (self.project,)
        )[0][0]
        for made, edition, number, table, key in self.box.query(
            "SELECT id, edition, release_number, table_name, key FROM release_set WHERE project = ?"
            " ORDER BY release_number, id",
            (self.project,),
        ):
            if not isinstance(number, int) or not 0 <= number < _MOST_RELEASES:
                continue
            row = {
                "id": made,
                "project": self.project,
                "edition": edition,
                "release_number": int(last) + number,
                "table_name": table,
                "key": name_of(edition, table, key),
            }
            if row_mapping.insert_row(self.office, "release_set", row, skip_existing=True):
                members = self.box.query(
                    "SELECT token, version FROM release_member WHERE release_set = ?", (made,)
                )
                for person, version in self._members(members).items():
                    self.office.execute(
                        "INSERT INTO release_member VALUES (?, ?, ?)", (made, person, version)
                    )

    def _members(self, found: Iterable[tuple[Any, ...]]) -> dict[str, str]:
        """Return the people of a set by our tokens; who is not here was withdrawn."""
        members: dict[str, str] = {}
        for who, version in found:
            person, parts = self.known.get(who), _TOKEN.findall(version)
            drawn = [self.pieces[one][1] for one in parts if self.pieces.get(one, ("",))[0] == "contribution"]
            if person is None or not self.gone.isdisjoint(drawn):
                members[secrets.token_hex(_BYTES)] = WITHDRAWN
            elif version == WITHDRAWN:
                members[token(self.ours, "person", person)] = WITHDRAWN
            else:
                # An outline that was changed since is a version that nothing has now.
                rests_on = [self.pieces.get(one, ("version", f"changed {one}")) for one in parts]
                members[token(self.ours, "person", person)] = "".join(
                    token(self.ours, kind, value) for kind, value in rests_on
                )
        return members

    def _token(self, kind: str, value: str) -> str:
        return token(self.theirs, kind, value)


def _outline_versions(box: Transaction, source: Engine, project: str) -> set[str]:
    """Return the versions of all outlines in a file, as they were drawn and as somebody adjusted them."""
    found = set()
    for tail in ("", "_elsewhere"):
        rows = box.query(
            f"SELECT s.geom FROM sketch{tail} s JOIN contribution c ON c.id = s.contribution"
            " WHERE c.project = ?",
            (project,),
        )
        found |= {outline_version(shape) for shape in source.decode_geometries([row[0] for row in rows])}
    adjusted = (outline for _, outline in active_decisions(box, project).values() if outline is not None)
    return found | {outline_version(shapely.from_wkb(outline)) for outline in adjusted}

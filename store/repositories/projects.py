"""Projects, their lock and their revision."""

import secrets
from datetime import date

from geo.errors import InputRefused, ProjectClosed, UnknownProject
from store import row_mapping, validation
from store.engines.base import Transaction
from store.models.projects import Project
from store.repository import Repository
from store.row_mapping import RD_CODE


class ProjectRepository(Repository):
    """Projects and their revision tokens."""

    def list_all(self) -> list[Project]:
        """Return all projects, by name."""
        with self._engine.read() as tx:
            found = tx.query(f"SELECT {row_mapping.PROJECT.select()} FROM project ORDER BY name, id")
        return [row_mapping.PROJECT.decode(row) for row in found]

    def get(self, project: str) -> Project:
        """Return one project.

        Raises
        ------
        UnknownProject
            When there is no such project.
        """
        with self._engine.read() as tx:
            found = project_rows(tx, project)
        if not found:
            raise UnknownProject(project=project)
        return row_mapping.PROJECT.decode(found[0])

    def save(self, project: Project) -> Project:
        """Create or update a project; saving it unaltered does not change its revision.

        Returns
        -------
        Project
            As it is on disk, its texts cleaned.

        Raises
        ------
        InputRefused
            When a field is not valid, or `crs` differs from that of the sketches it has.
        """
        checked = validation.validate_project(project)
        values = row_mapping.PROJECT.encode(checked)
        with self._engine.write() as tx:
            locked = tx.lock_project(checked.id)
            if locked is not None and locked[0] != checked.crs:
                raise InputRefused(field="crs", reason="planes_differ")
            if project_rows(tx, checked.id) != [values]:
                write_project(tx, checked)
        return self.get(checked.id)

    def revision_token(self, project: str) -> str:
        """Return the revision token; it changes if and only if the project's data change.

        Raises
        ------
        UnknownProject
            When there is no such project.
        """
        with self._engine.read() as tx:
            return crs_and_revision(tx, project)[1]

    def count_erased(self, project: str) -> int:
        """Return how many contributions of a project were ever erased; it grows with every withdrawal."""
        with self._engine.read() as tx:
            return int(str(tx.query("SELECT count(*) FROM erased WHERE project = ?", (project,))[0][0]))


def project_rows(tx: Transaction, project: str) -> list[tuple[object, ...]]:
    """Return the row of a project, as `row_mapping.PROJECT` decodes it; none when there is no such project."""
    return tx.query(f"SELECT {row_mapping.PROJECT.select()} FROM project WHERE id = ?", (project,))


def write_project(tx: Transaction, project: Project) -> None:
    """Insert or update the row of a project, with a new revision."""
    values = row_mapping.PROJECT.encode_columns(project) | {"revision": ""}
    assignments = ", ".join(f"{column} = excluded.{column}" for column in values if column != "id")
    tx.execute(
        f"INSERT INTO project ({', '.join(values)}) VALUES ({row_mapping.placeholders(len(values))})"
        f" ON CONFLICT (id) DO UPDATE SET {assignments}",
        tuple(values.values()),
    )
    bump_revision(tx, project.id)


def insert_project(tx: Transaction, project: Project) -> None:
    """Insert the row of a new project.

    Raises
    ------
    InputRefused
        When a field is not valid, or there is a project of this id.
    """
    checked = validation.validate_project(project)
    if tx.lock_project(checked.id) is not None:
        raise InputRefused(field="project", reason="taken")
    write_project(tx, checked)


def bump_revision(tx: Transaction, project: str) -> None:
    """Update the revision of a project to a random one, so that no restored past looks like the present."""
    tx.execute("UPDATE project SET revision = ? WHERE id = ?", (secrets.token_hex(8), project))


def lock_project(tx: Transaction, project: str) -> tuple[bool, date]:
    """Return (whether its plane is not RD New, last day), after locking the project for other writers.

    Every change of a project begins here, so that two changes of one contribution follow each other.

    Raises
    ------
    UnknownProject
        When there is no such project.
    """
    found = tx.lock_project(project)
    if found is None:
        raise UnknownProject(project=project)
    return found[0] != RD_CODE, date.fromisoformat(found[1])


def lock_open_project(tx: Transaction, project: str, today: date) -> None:
    """Lock a project in which somebody says or decides something: past its last day nothing is added to it.

    Raises
    ------
    UnknownProject, ProjectClosed
    """
    _, until = lock_project(tx, project)
    if today > until:
        raise ProjectClosed(project=project, until=until)


def crs_and_revision(tx: Transaction, project: str) -> tuple[str, str]:
    """Return (crs, revision) of a project.

    Raises
    ------
    UnknownProject
        When there is no such project.
    """
    found = tx.query("SELECT crs, revision FROM project WHERE id = ?", (project,))
    if not found:
        raise UnknownProject(project=project)
    return found[0][0], found[0][1]

"""Work on the whole store, as `store.maintenance`."""

from pathlib import Path

from store.maintenance import backup, merge, packing, raw_export, retention, verification
from store.models.accounts import Actor
from store.models.reports import ErasureLog, RetentionReport, TransferReport, VerificationReport
from store.repositories.accounts import require_role
from store.repositories.audit_log import append
from store.repository import Repository


class MaintenanceTasks(Repository):
    """Work on the whole store: verification, backup, retention, merge."""

    def verify(self) -> VerificationReport:
        """Return counts of the store, after comparing every contribution with its digest.

        Raises
        ------
        StoreDamaged
            When the file is not whole, or a contribution lacks its sketch.
        """
        return verification.verify(self._engine)

    def count_contributions(self) -> int:
        """Return how many contributions there are in all projects: what copying or checking them costs."""
        with self._engine.read() as tx:
            return int(tx.query("SELECT count(*) FROM contribution")[0][0])

    def count_commits(self) -> tuple[int, int]:
        """Return how often this process wrote to the disk, and how many writes went together at the most."""
        return self._engine.n_commits, self._engine.largest_batch

    def try_write(self) -> None:
        """Write what is there already, to see that it can be.

        Raises
        ------
        StoreError
        """
        with self._engine.write() as tx:
            tx.execute("UPDATE setting SET value = value WHERE key = 'schema'")

    def purge_due(self) -> None:
        """Do what a withdrawal left for later: a vacuum of the tables, and room on the disk set aside again.

        Raises
        ------
        StoreError
        """
        self._engine.purge_due()
        self._engine.keep_reserve()

    def risky_version(self) -> str:
        """Return the version of SQLite where it has the fault that can damage a store in use; "" for a sound one."""
        return self._engine.risky_version()

    def erase_expired(self) -> RetentionReport:
        """Delete the contributions and signals of projects past their retention date, from disk as well.

        Returns
        -------
        RetentionReport
            What was deleted. Editions stay: they show nobody.
        """
        done = retention.erase_expired(self._engine, self._today(), self._clock())
        self._engine.purge_deleted(thoroughly=bool(done.projects))
        return done

    def erasure_log(self, project: str) -> ErasureLog:
        """Return what was erased of a project, by day and by reason."""
        with self._engine.read() as tx:
            return retention.erasure_log(tx, project)

    def write_backup(self, path: str | Path) -> VerificationReport:
        """Write the whole store to a new file, while others go on writing, and verify that file.

        Returns
        -------
        VerificationReport
            Of the backup, which is on disk.

        Raises
        ------
        BackupExists
            When there is a file of this name.
        StoreFull, StoreReadOnly
            When the file cannot be written; none is left.
        BackupBroken
            When what was written is not a whole store; it is removed.
        """
        return backup.write_backup(self._engine, Path(path))

    def write_nightly_backup(self, folder: str | Path, *, keep: int = 14) -> Path:
        """Write the backup of today, if it is not there yet, and return its path.

        Parameters
        ----------
        keep
            How many backups stay; older ones in the folder are deleted.

        Raises
        ------
        StoreFull, StoreReadOnly, BackupBroken
            As `write_backup`; then no backup is deleted.
        """
        return backup.write_nightly_backup(self._engine, Path(folder), self._today(), keep)

    def export_raw(self, path: str | Path, *, by: Actor) -> VerificationReport:
        """Write a GeoPackage of everything but secrets, while others go on writing.

        Parameters
        ----------
        by
            A planner; the export is in the audit log.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        StoreNotEmpty
            When there is a file of this name.
        StoreFull, StoreReadOnly, BackupBroken
            As `write_backup`.
        """
        actor = require_role(by, "planner", "export raw drawings")
        with self._engine.write() as tx:
            append(tx, actor, "export raw drawings", now_s=self._clock())
        return raw_export.export_raw(self._engine, Path(path))

    def pack_session(self, session: str, path: str | Path, *, by: Actor) -> str:
        """Write the store of a kit with one session in it, and return the secret of its link there.

        Parameters
        ----------
        session
            Id of the session: it keeps that, and its join code.
        path
            File to write; there must be none.
        by
            A planner.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        KitExists
            When the file is there.
        UnknownSession
            When there is no such session.
        StoreFull, StoreReadOnly
            When the file cannot be written.
        """
        require_role(by, "planner", "pack a workshop")
        return packing.pack_session(self._engine, session, Path(path), by=by, now_s=self._clock())

    def merge_from(self, path: str | Path) -> TransferReport:
        """Merge the file of an offline kit into this store, in one transaction.

        Merging it twice adds nothing. What it holds is validated as what a stranger sends; it erases only what came
        from it before, and everything else that it would change or erase is in the report.

        Raises
        ------
        BackupBroken
            When the file is not a whole store; nothing was merged.
        InputRefused
            When a project is in another plane here.
        """
        return merge.merge_from(self._engine, Path(path), today=self._today())

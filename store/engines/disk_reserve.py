"""Room on the disk that is kept for erasing: when everything else is full, a resident can still withdraw."""

import os
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 8_000_000
"""A withdrawal writes some hundred kilobytes beside the store, and gives them back at once."""


class DiskReserve:
    """A file of zeros beside a store, whose room is given up when it is needed.

    Parameters
    ----------
    store
        Path of the store.
    """

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(f"{store.name}.reserve")

    def keep(self) -> None:
        """Write the file where there is none and there is room for it."""
        if self.path.exists():
            return
        try:
            with self.path.open("xb") as file:
                file.write(bytes(RESERVE_BYTES))
                os.fsync(file.fileno())
        except FileExistsError:  # another process was first
            return
        except OSError:
            self.give_up()

    def give_up(self) -> bool:
        """Delete the file and return whether there was one."""
        with suppress(OSError):
            self.path.unlink()
            return True
        return False

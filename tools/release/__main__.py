"""Run one task of a release: `python -m tools.release dist|lock|audit`."""

import sys

from tools.release import archive, audit, lock

TASKS = {"dist": archive.main, "lock": lock.main, "audit": audit.main}


def main(arguments: list[str]) -> int:
    """Run the task that is named and return its exit code."""
    task = TASKS.get(arguments[0]) if arguments else None
    if task is None:
        print(f"name one of: {', '.join(TASKS)}", file=sys.stderr)
        return 2
    return task(arguments[1:])


sys.exit(main(sys.argv[1:]))

"""`python -m ui.server`: the server in this very process, with our limits; options are those of Streamlit."""

import os
import re
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from streamlit.web import cli
from streamlit.web.server.starlette import starlette_server

import i18n
import settings
from geo.errors import BuurtError
from settings import BUDGETS
from ui.server.limited_protocol import LimitedProtocol
from ui.server.monitoring.readiness import raise_file_limit

APP = Path(__file__).resolve().parents[2] / "app.py"


def main() -> None:
    """Check the settings, raise the limits of this process and serve until a signal ends it."""
    try:
        settings.current()
    except BuurtError as problem:
        print(i18n.get_translator("nl").explain(problem), file=sys.stderr)  # noqa: T201
        sys.exit(2)
    settings.prepare_process()
    raise_file_limit()
    usual = starlette_server._get_uvicorn_config_kwargs  # noqa: SLF001  # it has no setting for these

    def limited() -> dict[str, Any]:
        return {
            **usual(),
            "http": LimitedProtocol,
            "ws_max_size": BUDGETS.websocket_bytes,
            "proxy_headers": True,
            "forwarded_allow_ips": trusted_proxies(settings.current().proxy),
            "timeout_graceful_shutdown": 10,
        }

    starlette_server._get_uvicorn_config_kwargs = limited  # noqa: SLF001
    signal.signal(signal.SIGTERM, _end)
    cli.main(["run", str(APP), *sys.argv[1:]])


def trusted_proxies(stated: str) -> str:
    """Return the addresses of proxies also as a socket of both kinds names them, which is what Streamlit opens.

    Parameters
    ----------
    stated
        As the operator wrote them.

    Returns
    -------
    str
        With commas between.

    Examples
    --------
    >>> trusted_proxies("127.0.0.1"), trusted_proxies("10.0.0.0/8"), trusted_proxies("*")
    ('127.0.0.1,::ffff:127.0.0.1', '10.0.0.0/8,::ffff:10.0.0.0/104', '*')
    """
    found = [part.strip() for part in stated.split(",")]
    for part in list(found):
        address, _, bits = part.partition("/")
        if re.fullmatch(r"[0-9.]+", address):
            found.append(f"::ffff:{address}" + (f"/{96 + int(bits)}" if bits.isdecimal() else ""))
    return ",".join(found)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """End as one who was asked to: uvicorn hands the signal on once saves are finished and workers ended.

    A thread that still computes for a page that is gone holds nobody up.
    """
    os._exit(0)


if __name__ == "__main__":
    main()

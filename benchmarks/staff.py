"""What staff do while residents draw: one action, again and again, on a store that has many drawings already."""

import asyncio
import json
import math
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

import numpy as np
import shapely
from websockets.exceptions import WebSocketException

import i18n
from benchmarks.streamlit_client import Phone, Silent
from geo import crs
from store import Contribution, Store

TOWN = (5.20, 52.578)
"""About the middle of the made-up town, degrees."""

W = i18n.get_translator("nl")
LABEL, PASSWORD = "beheer", "een lange zin van vier"
PATIENCE_S = 900.0


def fill(private_store: Store, project: str, n: int, *, spread_m: float = 2500) -> None:
    """Add n drawings of n people in a project: uneven discs of 100 to 600 m, in and around the made-up town."""
    chance = np.random.default_rng(13)
    middle = crs.to_planar(shapely.Point(*TOWN), crs.RD)
    turn = np.linspace(0, 2 * math.pi, 32, endpoint=False)
    drawn: list[Contribution] = []
    for number in range(n):
        reach = chance.uniform(100, 600) * (1 + chance.uniform(-0.15, 0.15, 32))
        x, y = middle.x + chance.uniform(-spread_m, spread_m), middle.y + chance.uniform(-spread_m, spread_m)
        shape = shapely.Polygon(np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)]))
        raw = json.dumps({"type": "Feature", "properties": {}, "geometry": None})
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{project}/{number}"))
        drawn.append(Contribution(key, project, raw, shape, date(2026, 6, 1 + number % 28)))
    private_store.contributions.import_many(drawn, people={one.id: one.id for one in drawn})


async def sign_in(phone: Phone, label: str, password: str) -> None:
    """Sign in as an administrator.

    Raises
    ------
    Silent
        When the page does not say that it is one.
    """
    await phone.open("/inloggen")
    phone.fill("label", label)
    phone.fill("password", password)
    await phone.press(W("signin.enter"))
    if W("signin.as_administrator") not in phone.text():
        raise Silent(f"not signed in: {phone.text()[:200]}")


# --- What they do -----------------------------------------------------------------------------------


@dataclass
class Staff:
    """One administrator with one page open.

    Attributes
    ----------
    took_s
        Seconds of every action that was done.
    refused
        What the page said, or went wrong, where an action was not done.
    """

    url: str
    project: str
    action: str
    took_s: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def work(self, began: asyncio.Event) -> None:
        """Sign in, make ready, say so, and do the action until cancelled."""
        phone = Phone(self.url, patience_s=PATIENCE_S)
        try:
            await phone.connect()
            await sign_in(phone, LABEL, PASSWORD)
            if self.action == "report":
                await self._publish(phone)
            began.set()
            while True:
                started_s = time.perf_counter()
                await ACTIONS[self.action](self, phone)
                self.took_s.append(time.perf_counter() - started_s)
        except (Silent, OSError, TimeoutError, EOFError, WebSocketException) as problem:
            self.refused.append(f"{type(problem).__name__}: {problem}"[:400])
        finally:
            began.set()
            if phone.is_connected:
                await phone.close()

    async def _publish(self, phone: Phone) -> None:
        """Make the edition that a report is of."""
        await self._section(phone, "take")
        await phone.press("publish-look")
        await phone.press("publish-now")

    async def _section(self, phone: Phone, section: str) -> None:
        query = urlencode({"project": self.project, "deel": W(f"planner.section_{section}")})
        await phone.open(f"/vergelijk?{query}")

    async def backup(self, phone: Phone) -> None:
        """Write a backup by the button of the page."""
        await phone.open("/beheer")
        await phone.press("backup_now")
        if "-extra.gpkg" not in phone.text():
            raise Silent(f"no backup: {phone.text()[-400:]}")

    async def clusters(self, phone: Phone) -> None:
        """Look at the experienced neighbourhoods; a drawing that came in meanwhile makes it compute again."""
        await self._section(phone, "neighbourhoods")
        if not phone.has("bidi_component", "neighbourhoods_table"):
            raise Silent(f"no neighbourhoods: {phone.text()[-400:]}")

    async def report(self, phone: Phone) -> None:
        """Fetch the report."""
        await self._section(phone, "take")
        pdf = await phone.download(f"take-beleefde-buurt-{self.project}-pdf")
        if not pdf.startswith(b"%PDF"):
            raise Silent("no report")


ACTIONS: dict[str, Callable[[Staff, Phone], Awaitable[None]]] = {
    "backup": Staff.backup,
    "clusters": Staff.clusters,
    "report": Staff.report,
}

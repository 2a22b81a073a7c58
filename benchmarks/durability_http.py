"""Kill the server in the middle of its work, again and again, and look for each receipt that phones were sent.

``python -m benchmarks.durability_http --rounds 20 --submissions 10000 --json OUT [--store URL]``

A round: eight phones send drawings to the real server by ``PUT /api/contributions/{id}``, one after the other; at a
random moment the server gets signal 9. What had a receipt is looked for in the store. Then the server is started
again, and what was in flight is sent once more, the same bytes, together with some that had a receipt already: those
must be answered with the receipt they had. Keys of the result: ``receipts``, ``stored``, ``lost``, ``double``,
``altered``, ``other_receipt``.
"""

import argparse
import json
import random
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPException
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import store
from benchmarks.attacks import body, circle
from benchmarks.load_test import put_drawing
from store import Filters, Project
from tests.support.browser import App, free_port

ROUNDS, SUBMISSIONS, PHONES = 20, 10_000, 8
REPLAYED = 50
ALL = Filters(include_practice=True, include_saw_borders=True)


@dataclass
class Round:
    """One round at one server.

    Attributes
    ----------
    receipts
        What phones read, by the key they made.
    in_flight
        Bodies that were sent and not answered, by key.
    """

    app: App
    project: str
    submissions: int
    seed: int
    receipts: dict[str, str] = field(default_factory=dict)
    in_flight: dict[str, bytes] = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)
    enough: threading.Event = field(default_factory=threading.Event)

    def phone(self, number: int, n: int, most: int) -> None:
        """Send `n` drawings, until the server is gone; say so when all phones together have `most` receipts."""
        chance = np.random.default_rng([self.seed, number])
        for _ in range(n):
            key = str(uuid.UUID(bytes=chance.bytes(16), version=4))
            self.in_flight[key] = self.sent[key] = body(circle(chance), key, self.project)
            try:
                status, answer = put_drawing(self.app.url, key, self.sent[key])
            except (OSError, HTTPException):
                return
            if status not in {200, 201}:
                raise RuntimeError(f"not saved: {status} {answer}")
            self.receipts[key] = str(answer["receipt"])
            del self.in_flight[key]
            if len(self.receipts) >= most:
                self.enough.set()

    def run(self, share: float) -> None:
        """Have the phones send, and kill the server when `share` of the work is done."""
        most = max(1, int(share * self.submissions))
        self.app.start()
        with ThreadPoolExecutor(PHONES) as phones:
            working = [
                phones.submit(self.phone, number, self.submissions // PHONES, most)
                for number in range(PHONES)
            ]
            while not self.enough.wait(1.0) and not all(one.done() for one in working):
                pass
            self.app.kill()
            for one in working:
                one.result()

    def send_again(self) -> tuple[set[str], int]:
        """Send what was in flight and some that had a receipt; return all receipts, and how many are another one."""
        self.app.start()
        again = [*self.in_flight, *list(self.receipts)[:REPLAYED]]
        try:
            answers = {key: put_drawing(self.app.url, key, self.sent[key]) for key in again}
        finally:
            self.app.kill()
        found = {key: str(answer.get("receipt")) for key, (_, answer) in answers.items()}
        differ = sum(found[key] != self.receipts.get(key, found[key]) for key in again)
        return set(found.values()), differ


def one_round(app: App, url: str, project: str, submissions: int, chance: random.Random) -> dict[str, int]:
    """Kill the server midway, count, and send again what was in flight."""
    with store.open_store(url) as private_store:
        private_store.projects.save(Project(project, "Crash", "GM9901", date(2099, 12, 31)))
    made = Round(app, project, submissions, chance.getrandbits(30))
    made.run(chance.uniform(0.1, 0.9))
    with store.open_store(url) as private_store:
        found = list(private_store.contributions.read_sketches(project, filters=ALL).index)
    resent, differ = made.send_again()
    with store.open_store(url) as private_store:
        after = list(private_store.contributions.read_sketches(project, filters=ALL).index)
    promised = set(made.receipts.values()) | resent
    return {
        "receipts": len(made.receipts),
        "in_flight": len(made.in_flight),
        "stored": len(found),
        "lost": len(set(made.receipts.values()) - set(found)) + len(promised - set(after)),
        "double": len(after) - len(promised | set(found)),
        "other_receipt": differ,
    }


def run(rounds: int, submissions: int, *, url: str, folder: Path, seed: int = 1) -> dict[str, Any]:
    """Run the rounds and look at every row once more; return the counts."""
    chance, started = random.Random(seed), time.perf_counter()
    total = dict.fromkeys(("receipts", "in_flight", "stored", "lost", "double", "other_receipt"), 0)
    settings = {"BUURT_STORE": url, "BUURT_BACKUPS": str(folder / "backups"), "BUURT_EXAMPLE": "off"}
    name = uuid.uuid4().hex[:8]
    for number in range(rounds):
        app = App(folder / "none", free_port(), folder / "log.txt", settings)
        try:
            counted = one_round(app, url, f"crash-{name}-{number}", submissions, chance)
        finally:
            app.kill()
        total = {key: total[key] + counted[key] for key in total}
        print(f"round {number + 1}: {counted}", flush=True)
    with store.open_store(url) as private_store:
        total["altered"] = len(private_store.maintenance.verify().altered)
    return {
        **total,
        "rounds": rounds,
        "submissions": submissions,
        "seconds": round(time.perf_counter() - started),
        "load_per_core": round(psutil.getloadavg()[1] / psutil.cpu_count(), 1),
    }


def main() -> None:
    """Run what was asked for and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS, help="a round, were it not killed")
    parser.add_argument("--store", help="address; by default a file in a temporary folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="buurt-crash-") as folder:
        url = chosen.store or f"sqlite:///{folder}/buurt.gpkg"
        result = run(chosen.rounds, chosen.submissions, url=url, folder=Path(folder), seed=chosen.seed)
    print(json.dumps(result))
    if chosen.json:
        chosen.json.write_text(json.dumps(result) + "\n")
    raise SystemExit(any(result[key] for key in ("lost", "double", "altered", "other_receipt")))


if __name__ == "__main__":
    main()

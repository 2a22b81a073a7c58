"""Kill every writer in the middle of its work, again and again, and look for each receipt.

``python -m benchmarks.durability --rounds 20 --json OUT [--store URL]``

A round: eight processes submit contributions of their own, each writing down every receipt it got;
at a random moment all are killed with signal 9. Then the store is opened again, and a fresh process
sends what was in flight once more, as a phone would that never saw its receipt, together with some
that had a receipt already. Keys of the result: ``receipts``, ``stored``, ``lost``, ``double``.
"""

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
import uuid
from datetime import date
from pathlib import Path

import shapely

import store
from geo.crs import to_wgs84
from store import Contribution, Place, Project, Signal

ROUNDS, SUBMISSIONS, PROCESSES = 20, 10_000, 8
_REPLAYED = 50
_LINE = 74
"""Bytes of a receipt written down: two ids of 36, a space and a newline."""

Client = tuple[str, int]


def contribution(project: str, client: str, seed: int) -> Contribution:
    """Create a drawing of some 30 corners, another one for each seed."""
    chance = random.Random(seed)
    centre = shapely.Point(150_000 + chance.uniform(-5000, 5000), 520_000 + chance.uniform(-5000, 5000))
    shape = centre.buffer(chance.uniform(150, 900), quad_segs=8)
    raw = json.dumps(
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(to_wgs84(shape))}
    )
    return Contribution(client, project, raw, shape, date.today(), answers={"certainty": seed % 5 + 1})


def send(private_store: store.Store, project: str, client: str, seed: int) -> str:
    """Submit one contribution; give the id on its receipt."""
    sent = contribution(project, client, seed)
    places = (Place("met", "bench", sent.geometry.representative_point(), note="Hier zit ik graag"),)
    return private_store.contributions.submit(sent, places, (Signal("signal", f"Nummer {seed}"),)).id


def work(url: str, project: str, clients: list[Client], receipts: Path) -> None:
    """Submit one after the other; write each receipt down before going on."""
    log = os.open(receipts, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with store.open_store(url) as private_store:
        for client, seed in clients:
            os.write(log, f"{client} {send(private_store, project, client, seed)}\n".encode())


def kill_midway(
    url: str, project: str, clients: list[Client], processes: int, share: float
) -> dict[str, str]:
    """Let writers run, kill them when `share` of the work is done; give the receipts they wrote down."""
    with tempfile.TemporaryDirectory() as folder:
        logs = [Path(folder) / str(number) for number in range(processes)]
        for log in logs:
            log.touch()
        start = multiprocessing.get_context("fork")
        workers = [
            start.Process(target=work, args=(url, project, clients[number::processes], log))
            for number, log in enumerate(logs)
        ]
        for worker in workers:
            worker.start()
        enough = share * len(clients) * _LINE
        while sum(log.stat().st_size for log in logs) < enough and all(w.is_alive() for w in workers):
            time.sleep(0.002)
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.join()
        lines = [line for log in logs for line in log.read_text().splitlines(keepends=True)]
    whole = [line.split() for line in lines if len(line) == _LINE]
    return {client: filed for client, filed in whole}  # noqa: C416  # a line is of unknown length


def one_round(
    url: str, project: str, submissions: int, processes: int, chance: random.Random
) -> dict[str, int]:
    """Kill the writers midway, count, and send again what was in flight."""
    with store.open_store(url) as private_store:
        private_store.projects.save(
            Project(project, "Crash", "Zuiderwaard", date(2099, 12, 31), is_demo=True)
        )
    clients = [
        (str(uuid.UUID(int=chance.getrandbits(128), version=4)), chance.getrandbits(30))
        for _ in range(submissions)
    ]
    receipts = kill_midway(url, project, clients, processes, chance.uniform(0.1, 0.9))
    waiting = [[one for one in clients[n::processes] if one[0] not in receipts] for n in range(processes)]
    in_flight = [line[0] for line in waiting if line]
    with store.open_store(url) as private_store:
        found = list(private_store.contributions.read_sketches(project).index)
        again = in_flight + [one for one in clients if one[0] in receipts][:_REPLAYED]
        resent = {client: send(private_store, project, client, seed) for client, seed in again}
        after = list(private_store.contributions.read_sketches(project).index)
    promised = set(receipts.values()) | set(resent.values())
    return {
        "receipts": len(receipts),
        "stored": len(found),
        "lost": len(set(receipts.values()) - set(found)) + len(promised - set(after)),
        "double": len(after) - len(promised | set(found)),
    }


def main() -> None:
    """Run the rounds, look at every row once more, and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS, help="a round, were it not killed")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--store", help="address; by default a file in a temporary folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="buurt-crash-") as folder:
        url = chosen.store or f"sqlite:///{folder}/buurt.gpkg"
        started = time.perf_counter()
        total = dict.fromkeys(("receipts", "stored", "lost", "double"), 0)
        run = uuid.uuid4().hex[:8]
        for number in range(chosen.rounds):
            counted = one_round(url, f"crash-{run}-{number}", chosen.submissions, chosen.processes, chance)
            total = {key: total[key] + counted[key] for key in total}
            print(f"round {number + 1}: {counted}", flush=True)
        with store.open_store(url) as private_store:
            sound = private_store.maintenance.verify()
        total["altered"] = len(sound.altered)
        total["double"] += sound.sketches - sound.contributions
    result = {
        **total,
        "rounds": chosen.rounds,
        "processes": chosen.processes,
        "seconds": round(time.perf_counter() - started),
    }
    print(json.dumps(result))
    if chosen.json:
        chosen.json.write_text(json.dumps(result) + "\n")
    raise SystemExit(1 if total["lost"] or total["double"] or total["altered"] else 0)


if __name__ == "__main__":
    main()

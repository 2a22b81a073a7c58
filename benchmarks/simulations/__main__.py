"""Run simulations and write their results: python -m benchmarks.simulations coverage chance border_model."""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.simulations import border_model, chance, coverage

RESULTS = Path(__file__).parent / "results.json"
RUNS: dict[str, Callable[[], dict[str, Any]]] = {
    "coverage": coverage.run,
    "chance": chance.run,
    "border_model": border_model.run,
}


def main() -> None:
    """Run what is asked, and keep the results of the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*RUNS, []], default=list(RUNS))
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in parser.parse_args().names:
        start = time.perf_counter()
        results[name] = RUNS[name]()
        print(f"{name}: {time.perf_counter() - start:.0f} s")
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print("now run: python docs/build_methods.py")


if __name__ == "__main__":
    main()

"""Time a drop from the file to the fetched results, beside a plain script, in turn.

python -m bench.end_to_end [--rows 1000,100000,1000000,4000000] [--pairs 3] [--json FILE]
                           [--quick]

The local cloud is up, as for the second drop of a day; the first drop of a new cloud, which starts
the functions, is told beside. The table has medians; a process's peak memory includes what it
shares with others.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.command import dropforge
from bench.end_to_end import tables
from bench.end_to_end.memory import peaks_of
from bench.end_to_end.same import HYPERPARAMETERS, ROUNDS, TARGET
from bench.prepare.generate import generate
from bench.quick import add_quick

_ROOT = Path(__file__).resolve().parents[2]
_ROWS = "1000,100000,1000000,4000000"
_QUICK_ROWS = "1000"
_COLD_ROWS = 1000


def main() -> None:
    """Print the tables of each size, and write what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.end_to_end")
    parser.add_argument("--rows", default=_ROWS, help="sizes, with commas between")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write what was measured here")
    add_quick(parser)
    asked = parser.parse_args()
    if asked.quick:
        asked.rows, asked.pairs = _QUICK_ROWS, 1
    found: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "sizes": [],
    }
    with _cloud() as folder:
        if not asked.quick:
            # Functions start at the first drop.
            _size(folder, 999, 1)
        for rows in map(int, asked.rows.split(",")):
            size = _size(folder, rows, asked.pairs)
            found["sizes"].append(size)
            print(f"\n{tables.of_size(size)}", flush=True)
    if not asked.quick:
        found["cold"] = _cold(asked.pairs)
        print(f"\n{tables.of_cold(found['cold'])}")
    print(f"\n{tables.of_sizes(found)}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _cloud() -> Iterator[Path]:
    """Start a local cloud of its own, in a folder; it ends with both."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        dropforge(folder, "up", "--port", "0")
        try:
            yield folder
        finally:
            dropforge(folder, "down")


def _cold(pairs: int) -> dict[str, Any]:
    """Measure the first drop of new clouds."""
    found: dict[str, Any] = {"rows": _COLD_ROWS, "scripts": [], "drops": []}
    for _ in range(pairs):
        with _cloud() as folder:
            size = _size(folder, _COLD_ROWS, 1)
        found["scripts"] += size["scripts"]
        found["drops"] += size["drops"]
    return found


def _size(folder: Path, rows: int, pairs: int) -> dict[str, Any]:
    file = folder / f"rows-{rows}.csv"
    generate(file, rows)
    settings = folder / "pipeline.json"
    hyperparameters = HYPERPARAMETERS | {"num_round": ROUNDS}
    settings.write_text(json.dumps({"target": TARGET, "hyperparameters": hyperparameters}))
    scripts, drops = [], []
    for number in range(pairs):
        scripts.append(_script(file))
        drops.append(_drop(folder, file, settings, f"rows-{rows}-{number}"))
    size = file.stat().st_size
    file.unlink()
    return {"rows": rows, "bytes": size, "scripts": scripts, "drops": drops}


def _script(file: Path) -> dict[str, Any]:
    began = time.perf_counter()
    answer = subprocess.run(
        [sys.executable, "-m", "bench.end_to_end.script", str(file)],
        check=True, capture_output=True, text=True, cwd=_ROOT, timeout=1800,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return {"seconds": time.perf_counter() - began, **found}


def _drop(folder: Path, file: Path, settings: Path, dataset: str) -> dict[str, Any]:
    cloud = json.loads((folder / "state" / "cloud.json").read_text("utf-8"))
    with peaks_of(cloud["pid"]) as peaks:
        began = time.perf_counter()
        # Another dataset each time, so that no run is compared with a model in use.
        printed = dropforge(
            folder, "run", str(file), "--dataset", dataset, "--json",
            "--settings", str(settings), "--out", str(folder / "out"),
        )  # fmt: skip
        seconds = time.perf_counter() - began
    result = json.loads(printed)
    states = {k: v for k, v in result["seconds"].items() if k != "total"}
    return {
        "seconds": seconds,
        "execution": result["seconds"]["total"],
        "states": states,
        "auc": result["metric"]["value"],
        "peaks_mib": peaks,
    }


if __name__ == "__main__":
    main()

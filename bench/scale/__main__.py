"""Measure runs of several sizes, and say what larger ones take and cost on AWS.

python -m bench.scale [--quick] [--rows 10000,250000,1000000,4000000] [--json FILE] [--from FILE]

The local cloud runs the shipped template, functions and state machines; what it counts is what
AWS would. How long a function or job takes is of this machine. `--from` prints the tables of
what was measured before.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.command import dropforge
from bench.end_to_end.same import HYPERPARAMETERS, ROUNDS, TARGET
from bench.prepare.generate import generate
from bench.quick import add_quick
from bench.scale import tables
from bench.scale.measured import Cloud
from bench.scale.requests import Requests

_ROOT = Path(__file__).resolve().parents[2]
_ROWS = (10_000, 250_000, 1_000_000, 4_000_000)
_QUICK_ROWS = (5_000, 25_000)
_TABLES = (
    (4_000_000, 3, 0),
    (4_000_000, 10, 0),
    (4_000_000, 25, 0),
    (4_000_000, 25, 50),
    (4_000_000, 25, 95),
    (1_000_000, 100, 0),
)
"""Rows, features, and values of 100 that are missing."""
_QUICK_TABLES = ((50_000, 3, 0), (50_000, 25, 50))
_ROWS_A_MIB = 10_800
_PROFILES = (100, 1600)
_QUICK_PROFILES = (2, 20)


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    add_quick(parser)
    parser.add_argument("--rows", help="sizes, with commas between")
    parser.add_argument("--json", type=Path, help="write what was measured here")
    parser.add_argument("--from", dest="before", type=Path, help="measure nothing, read this")
    asked = parser.parse_args()
    if asked.before:
        found = json.loads(asked.before.read_text("utf-8"))
    else:
        rows = tuple(map(int, asked.rows.split(","))) if asked.rows else _ROWS
        found = measured(_QUICK_ROWS if asked.quick else rows, quick=asked.quick)
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("\n\n".join(tables.all_of(found)))


def measured(sizes: tuple[int, ...], *, quick: bool) -> dict[str, Any]:
    """Measure everything, one thing after the other."""
    found: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "runs": [],
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Requests(Path(name)) as requests:
        folder = Path(name)
        with requests.of("cloud"):
            dropforge(folder, "up", "--port", "0")
        try:
            cloud = Cloud(folder, requests)
            settings = folder / "pipeline.json"
            chosen = HYPERPARAMETERS | {"num_round": ROUNDS}
            settings.write_text(json.dumps({"target": TARGET, "hyperparameters": chosen}))
            if not quick:
                # Functions start at the first drop.
                _run(cloud, settings, 999)
            for rows in sizes:
                found["runs"].append(_run(cloud, settings, rows))
                print(f"{rows:,} rows: {found['runs'][-1]['seconds']:.1f} s", file=sys.stderr)
        finally:
            dropforge(folder, "down")
        file = folder / "profiles.csv"
        # As near to a whole chunk as can be.
        counts, mib = (_QUICK_PROFILES, 1) if quick else (_PROFILES, 64)
        generate(file, mib * _ROWS_A_MIB)
        found["chunk"] = _child("bench.scale.chunk", str(file), str(mib))
        found["profiles"] = [
            _child("bench.scale.profiles", str(file), str(count), str(mib)) for count in counts
        ]
        file.unlink()
        tables_of = _QUICK_TABLES if quick else _TABLES
        found["training"] = [
            _child("bench.scale.training", *map(str, table), "5") for table in tables_of
        ]
    return found


def _run(cloud: Cloud, settings: Path, rows: int) -> dict[str, Any]:
    file = cloud.folder / f"rows-{rows}.csv"
    generate(file, rows)
    size = file.stat().st_size
    try:
        taken = cloud.run(file, f"rows-{rows}", settings)
    finally:
        file.unlink()
    return {"file_rows": rows, "bytes": size, **taken}


def _child(module: str, *arguments: str) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=True, capture_output=True, text=True, cwd=_ROOT, timeout=1800,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()

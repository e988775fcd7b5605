"""Measure PredictFunction: python -m bench.predict [--quick] [--json FILE].

Each measurement is a process of its own, which predicts a chunk, explains it, or predicts the
test rows of a run that trains; files lie on disk. The model has 200 trees of depth 6 on 20
features.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from bench.evaluate.__main__ import run
from bench.quick import add_quick

CASES = (
    ("predict", "binary", 700_000),
    ("predict", "multiclass", 700_000),
    ("explain", "binary", 20_000),
    ("explain", "multiclass", 20_000),
    ("holdout", "binary", 1_600_000),
    ("holdout", "hundred", 110_000),
)
"""700,000 rows of 20 numbers are 64 MiB of CSV, the default size of a chunk. Of test rows, here one
part, a function predicts 256 MiB of CSV, and as much of predictions (prepare.training.engine)."""
QUICK_CASES = (
    ("predict", "binary", 3_500),
    ("explain", "multiclass", 100),
    ("holdout", "hundred", 99),
)
LIMITS = {"seconds": 450, "memory_mib": 2048}
"""Half of the function's timeout, two thirds of its memory."""


def measure(what: str, task: str, rows: int) -> dict[str, Any]:
    """Do one of the steps on made rows, in a process that has done nothing before."""
    with tempfile.TemporaryDirectory() as folder:
        run("bench.predict.made_chunk", folder, what, task, str(rows))
        memory, printed = run("bench.predict.invocation", folder, what)
    seconds = float(printed)
    holds = seconds <= LIMITS["seconds"] and memory <= LIMITS["memory_mib"]
    return {
        "what": what,
        "task": task,
        "rows": rows,
        "seconds": seconds,
        "memory_mib": memory,
        "holds": holds,
    }


def main() -> None:
    """Measure, print, and fail if a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_quick(parser)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    figures = []
    print(f"{os.cpu_count()} processors")
    print(f"{'what':<9}{'task':<12}{'rows':>9}{'seconds':>9}{'MiB':>7}")
    for what, task, rows in QUICK_CASES if arguments.quick else CASES:
        found = measure(what, task, rows)
        figures.append(found)
        print(
            f"{what:<9}{task:<12}{found['rows']:>9,}{found['seconds']:>9.1f}"
            f"{found['memory_mib']:>7.0f}{'' if found['holds'] else '  over the limit'}",
            flush=True,
        )
    print(f"Limits: {LIMITS['seconds']} s and {LIMITS['memory_mib']:,} MiB.")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))
    holds = all(found["holds"] for found in figures)
    raise SystemExit(0 if holds or arguments.quick else 1)


if __name__ == "__main__":
    main()

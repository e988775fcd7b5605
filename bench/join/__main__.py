"""Measure JoinFunction: python -m bench.join [--quick].

Each measurement is a process of its own, which puts predictions beside the rows of a chunk;
files lie on disk.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from bench.evaluate.__main__ import run
from bench.quick import add_quick

MIB = 1 << 20
CASES = ((64, 1), (64, 12), (16, 1))
"""MiB of a chunk, and columns beside its key; 64 MiB is the default size."""
QUICK = 256
"""Of this many bytes one is left."""
LIMITS = {"seconds": 450, "memory_mib": 2048}
"""Half of the function's timeout, two thirds of its memory."""


def measure(size: int, columns: int) -> dict[str, Any]:
    """Join a made chunk, in a process that has done nothing before."""
    with tempfile.TemporaryDirectory() as folder:
        run("bench.join.made_chunk", folder, str(size), str(columns))
        memory, printed = run("bench.join.invocation", folder)
        rows = int((Path(folder) / "rows").read_text())
    return {"rows": rows, "seconds": float(printed), "memory_mib": memory}


def main() -> None:
    """Measure, print, and fail if a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_quick(parser)
    arguments = parser.parse_args()
    holds = True
    print(f"{os.cpu_count()} processors")
    print(f"{'MiB':>5}{'columns':>9}{'rows':>11}{'seconds':>9}{'memory MiB':>12}")
    for size, columns in CASES:
        found = measure(size * MIB // (QUICK if arguments.quick else 1), columns)
        holds &= all(found[name] <= limit for name, limit in LIMITS.items())
        print(
            f"{size:>5}{columns:>9}{found['rows']:>11,}{found['seconds']:>9.1f}"
            f"{found['memory_mib']:>12.0f}",
            flush=True,
        )
    print(f"Limits: {LIMITS['seconds']} s and {LIMITS['memory_mib']:,} MiB.")
    raise SystemExit(0 if holds or arguments.quick else 1)


if __name__ == "__main__":
    main()

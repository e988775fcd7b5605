"""Time `dropforge demo` as a user runs it; the README quotes what this prints."""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.command import dropforge
from bench.quick import add_quick

COLD_LIMIT_SECONDS = 12.0
WARM_LIMIT_SECONDS = 6.0


def main() -> int:
    """Print medians of the wall times, and fail if one is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench.demo", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    add_quick(parser)
    asked = parser.parse_args()
    runs = 1 if asked.quick else asked.runs
    cold = [_cold() for _ in range(runs)]
    warm = _warm(runs)
    print(f"{os.cpu_count()} processors, {runs} runs each, wall time of the whole command")
    held = _report("from nothing", cold, COLD_LIMIT_SECONDS)
    held &= _report("with the cloud up", warm, WARM_LIMIT_SECONDS)
    return 0 if held or asked.quick else 1


def _report(name: str, seconds: list[float], limit: float) -> bool:
    median = statistics.median(seconds)
    print(
        f"dropforge demo {name}: median {median:.1f} s, "
        f"{min(seconds):.1f} to {max(seconds):.1f} s (limit {limit:g} s)"
    )
    return median <= limit


def _cold() -> float:
    with tempfile.TemporaryDirectory() as folder:
        return _demo(Path(folder))


def _warm(runs: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        # A cloud for this folder alone; its port is a free one, so that another may be up.
        dropforge(Path(folder), "up", "--port", "0")
        try:
            return [_demo(Path(folder)) for _ in range(runs)]
        finally:
            dropforge(Path(folder), "down")


def _demo(folder: Path) -> float:
    began = time.perf_counter()
    dropforge(folder, "demo", "--out", str(folder / "out"))
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())

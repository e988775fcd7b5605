"""Break everything that a run uses, one thing at a time, and see how it ends.

Each cell drops a small file into a local cloud in which one thing fails, and holds if the run
ended within its limit, as it should, with exactly one message, which has a cause and a remedy,
and left the model in use alone unless it is told as replaced.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path

from bench.faults import aborts, files, functions, permissions, sagemaker
from bench.faults.cell import Cell, Result
from bench.faults.lane import Lane
from bench.faults.play import open_lanes, play

AXES = ("sagemaker", "function", "permission", "file")


def main() -> int:
    """Print the table; 1 if a cell did not hold."""
    options = _options()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        lanes = open_lanes(Path(folder), options.lanes)
        try:
            cells = chosen(all_cells(lanes[0]), options.only, options.sample)
            print(f"{len(cells)} cells, {len(lanes)} at a time, {os.cpu_count()} processors")
            if options.list:
                print("\n".join(cell.name for cell in cells))
                return 0
            results = play(cells, lanes, _tell)
            if options.json:
                options.json.write_text(json.dumps([asdict(each) for each in results], indent=1))
            report(cells, results, messages=options.messages)
            print(f"{time.monotonic() - began:.0f} s")
        finally:
            for lane in lanes:
                lane.end()
    return 1 if any(result.failures for result in results) else 0


def all_cells(lane: Lane) -> list[Cell]:
    """Return every cell; the files of a run are looked up by running once."""
    found = [*sagemaker.cells(), *aborts.cells(), *functions.cells(), *permissions.cells()]
    return [*found, *files.cells(files.discover(lane))]


def chosen(cells: Sequence[Cell], only: Sequence[str], sample: int | None) -> list[Cell]:
    """Return the cells whose names fit one of the patterns, and of those an even sample."""
    fitting = [
        cell
        for cell in cells
        if not only or any(fnmatchcase(cell.name, f"*{pattern}*") for pattern in only)
    ]
    if sample is None or sample >= len(fitting):
        return fitting
    return [fitting[at * len(fitting) // sample] for at in range(sample)]


def report(cells: Sequence[Cell], results: Sequence[Result], *, messages: bool) -> None:
    """Print what did not hold, the messages if asked for, and the table."""
    for result in results:
        if result.failures or messages:
            print(f"\n{'NOT HELD' if result.failures else 'held'} {result.name}")
            for failure in result.failures:
                print(f"  ! {failure}")
            for line in result.text.splitlines():
                print(f"  | {line}")
    print(f"\n{'axis':<12}{'cells':>7}{'held':>7}")
    for axis in AXES:
        of_axis = [r for c, r in zip(cells, results, strict=True) if c.axis == axis]
        held = sum(not result.failures for result in of_axis)
        print(f"{axis:<12}{len(of_axis):>7}{held:>7}")
    held = sum(not result.failures for result in results)
    print(f"{'all':<12}{len(results):>7}{held:>7}")


def _tell(result: Result) -> None:
    held = "held" if not result.failures else f"NOT HELD: {'; '.join(result.failures)}"
    print(f"{result.seconds:6.1f} s  {result.name}: {result.verdict}, {held}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--sample", type=int, help="play so many cells, spread over all")
    parser.add_argument("--only", action="append", default=[], help="part of names, * allowed")
    parser.add_argument("--json", type=Path, help="write every result and message there")
    parser.add_argument("--messages", action="store_true", help="print every message")
    parser.add_argument("--list", action="store_true", help="print the names only")
    parser.add_argument("--lanes", type=int, default=min(4, 2 * (os.cpu_count() or 1)))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Measure Prepare beside hand-written scripts: python -m bench.prepare [--quick] [--json FILE].

The measurements are started one after the other. The scripts do what Prepare does to this
one file, on the whole file in one process, which polars spreads over all processors. "As
the functions do it" is every invocation of a run, with as many workers as processors that
share the chunks of a Map, start of the workers included; on AWS a Map runs more of them.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.prepare import KEY, PREFIX
from bench.quick import add_quick

ROOT = Path(__file__).parents[2]
FULL: tuple[int, list[int], int, int] = (4_000_000, [1, 4, 8], 64, 3)
QUICK: tuple[int, list[int], int, int] = (20_000, [1, 2], 1, 1)
"""Rows, times of them, MiB of a chunk, and rounds."""
LIMITS = {"polars": 1.6, "pandas": 3.0, "memory_mib": 1024, "exponent": 1.05}


@dataclass(frozen=True)
class Run:
    """What a process took.

    Attributes
    ----------
    seconds : from start to end.
    processor_seconds : of all its threads and workers; other load leaves this alone.
    peak_mib : its own largest memory.
    """

    seconds: float
    processor_seconds: float
    peak_mib: float
    printed: str


def run(module: str, *arguments: str) -> Run:
    """Run a module in a process of its own."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}"}
    command = [sys.executable, "-m", module, *arguments]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    assert process.stdout is not None
    printed = process.stdout.read().decode()
    # wait4 gives the peak of this child alone. It begins with the memory of this process,
    # which therefore loads nothing large.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, printed)


def run_functions(folder: Path, chunk_mib: int) -> Run:
    """Do all invocations of a run, as many chunks at a time as there are processors."""
    workers = str(os.cpu_count() or 1)
    return run("bench.prepare.invocation", str(folder), "all", str(chunk_mib), workers)


def compared(folder: Path, chunk_mib: int, rounds: int) -> dict[str, Any]:
    """Time the three side by side, in turns, and take medians."""
    source, out = str(folder / KEY), folder / "out"
    out.mkdir()
    seconds: dict[str, list[float]] = {"functions": [], "polars": [], "pandas": []}
    processor: dict[str, list[float]] = {"functions": [], "polars": [], "pandas": []}
    steps: dict[str, float] = {}
    for number in range(rounds):
        runs = {"functions": run_functions(folder, chunk_mib)}
        runs["polars"] = run("bench.prepare.by_polars", source, str(out))
        if number == 0:
            runs["pandas"] = run("bench.prepare.by_pandas", source, str(out))
        steps = json.loads(runs["functions"].printed)
        for name, taken in runs.items():
            seconds[name].append(taken.seconds)
            processor[name].append(taken.processor_seconds)
    return {
        "seconds": {name: statistics.median(values) for name, values in seconds.items()},
        "processor": {name: statistics.median(values) for name, values in processor.items()},
        "steps": steps,
    }


def memory(folder: Path, chunk_mib: int) -> dict[str, float]:
    """Return the largest peak of an invocation of each step, in MiB.

    Each invocation is a process; of the chunks, the first, middle and last are taken.
    """
    peaks = {"plan": run("bench.prepare.invocation", str(folder), "plan", str(chunk_mib)).peak_mib}
    chunks = json.loads((folder / PREFIX / "manifest.json").read_text())
    some = sorted({0, len(chunks) // 2, len(chunks) - 1})
    for step in ("profile", "fit", "encode"):
        indices = some if step != "fit" else [0]
        peaks[step] = max(
            run("bench.prepare.invocation", str(folder), step, str(index)).peak_mib
            for index in indices
        )
    return peaks


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of log seconds over log size, by least squares."""
    x, y = [math.log(s) for s in sizes], [math.log(s) for s in seconds]
    mean_x, mean_y = statistics.mean(x), statistics.mean(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return above / sum((a - mean_x) ** 2 for a in x)


def measure(rows: int, factors: list[int], chunk_mib: int, rounds: int) -> dict[str, Any]:
    """Measure everything."""
    result: dict[str, Any] = {"rows": rows, "chunk_mib": chunk_mib, "sizes": []}
    for factor in factors:
        folder = Path(tempfile.mkdtemp(prefix="bench-prepare-"))
        try:
            path = folder / KEY
            path.parent.mkdir(parents=True)
            run("bench.prepare.generate", str(path), str(rows * factor))
            entry: dict[str, Any] = {"factor": factor, "bytes": path.stat().st_size}
            if factor == 1:
                result |= compared(folder, chunk_mib, rounds)
                entry["seconds"] = result["seconds"]["functions"]
                entry["processor"] = result["processor"]["functions"]
            else:
                taken = run_functions(folder, chunk_mib)
                entry["seconds"], entry["processor"] = taken.seconds, taken.processor_seconds
            entry["memory_mib"] = memory(folder, chunk_mib)
            result["sizes"].append(entry)
        finally:
            shutil.rmtree(folder)
    sizes = [entry["bytes"] for entry in result["sizes"]]
    # Processor time, because minutes of measuring see more of what else a machine does.
    result["exponent"] = exponent(sizes, [entry["processor"] for entry in result["sizes"]])
    seconds = result["seconds"]
    result["polars_ratio"] = seconds["functions"] / seconds["polars"]
    result["pandas_ratio"] = seconds["pandas"] / seconds["functions"]
    result["peak_mib"] = max(max(e["memory_mib"].values()) for e in result["sizes"])
    return result


def verdicts(result: dict[str, Any]) -> dict[str, bool]:
    """Compare the figures with what must hold."""
    return {
        "polars": result["polars_ratio"] <= LIMITS["polars"],
        "pandas": result["pandas_ratio"] >= LIMITS["pandas"],
        "memory": result["peak_mib"] < LIMITS["memory_mib"],
        "exponent": result["exponent"] <= LIMITS["exponent"],
    }


def show(result: dict[str, Any]) -> None:
    """Print the figures."""
    first = result["sizes"][0]
    seconds = result["seconds"]
    print(
        f"File: {first['bytes'] / 1e6:.0f} MB, {result['rows']:,} rows, 13 columns; "
        f"chunks of {result['chunk_mib']} MiB; {os.cpu_count()} processors"
    )
    steps = ", ".join(f"{name} {value:.2f}" for name, value in result["steps"].items())
    names = {
        "functions": "As the functions do it",
        "polars": "By hand with polars",
        "pandas": "By hand with pandas",
    }
    for name, title in names.items():
        print(f"{title:23s} {seconds[name]:7.2f} s  (processor {result['processor'][name]:.2f} s)")
    print(f"Steps of the functions: {steps}")
    print(f"Prepare / polars        {result['polars_ratio']:7.2f}    (limit {LIMITS['polars']})")
    print(f"pandas / Prepare        {result['pandas_ratio']:7.2f}    (at least {LIMITS['pandas']})")
    print("Peak memory of one invocation, MiB, and seconds of all:")
    for entry in result["sizes"]:
        peaks = ", ".join(f"{name} {value:.0f}" for name, value in entry["memory_mib"].items())
        taken = f"{entry['seconds']:.2f} s, processor {entry['processor']:.2f} s"
        print(f"  {entry['factor']}x {entry['bytes'] / 1e6:6.0f} MB: {peaks}; {taken}")
    print(f"Largest peak            {result['peak_mib']:7.0f}    (limit {LIMITS['memory_mib']})")
    print(f"Processor time ~ size ^  {result['exponent']:7.3f}    (limit {LIMITS['exponent']})")


def main() -> int:
    """Measure, print, and return 1 if a figure does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.prepare")
    add_quick(parser)
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    chosen = parser.parse_args()
    result = measure(*(QUICK if chosen.quick else FULL))
    show(result)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1))
    held = verdicts(result)
    for name, holds in held.items():
        print(f"{name}: {'holds' if holds else 'DOES NOT HOLD'}")
    return 0 if all(held.values()) or chosen.quick else 1


if __name__ == "__main__":
    sys.exit(main())

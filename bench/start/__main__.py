"""Print how long each function's imports take and what memory they need, and the cloud's start.

python -m bench.start [--runs 5] [--quick]

Imports are timed in a new process each, in turn with `import boto3`, which no function can do
without; so the ratio says what a cold start on AWS has more than the least possible.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.command import dropforge
from bench.processes import pss_mib, tree
from bench.quick import add_quick

_ROOT = Path(__file__).resolve().parents[2]
_LIMIT = 1.4
_UP_LIMIT_SECONDS, _IDLE_LIMIT_MIB = 2.5, 250
_TIMED = """
import time
began = time.perf_counter()
import {module}
seconds = time.perf_counter() - began
import resource
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_NEEDED = {"POWERTOOLS_TRACE_DISABLED": "1", "AWS_DEFAULT_REGION": "us-east-1"}


def main() -> int:
    """Print both tables; 1 if a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.start")
    parser.add_argument("--runs", type=int, default=5)
    add_quick(parser)
    asked = parser.parse_args()
    runs = 1 if asked.quick else asked.runs
    modules = ["boto3", *sorted(f"{path.parent.name}.handler" for path in _handlers())]
    found: dict[str, list[tuple[float, float]]] = {module: [] for module in modules}
    for _ in range(runs):
        for module in modules:
            found[module].append(_import(module))
    least = statistics.median(seconds for seconds, _ in found["boto3"])
    held = True
    print(f"{os.cpu_count()} processors, medians of {runs}\n\n| Imports | s | times boto3 | MiB |")
    print("|---|---|---|---|")
    for module, measured in found.items():
        seconds = statistics.median(one for one, _ in measured)
        memory = statistics.median(one for _, one in measured)
        held &= seconds <= _LIMIT * least
        print(f"| {module} | {seconds:.2f} | {seconds / least:.2f} | {memory:.0f} |")
    ups, idle = zip(*(_up() for _ in range(runs)), strict=True)
    up, rest = statistics.median(ups), statistics.median(idle)
    print(f"\ndropforge up, to a deployed stack: {up:.1f} s (limit {_UP_LIMIT_SECONDS})")
    print(f"idle, all its processes: {rest:.0f} MiB (limit {_IDLE_LIMIT_MIB})")
    held &= up <= _UP_LIMIT_SECONDS and rest <= _IDLE_LIMIT_MIB
    return 0 if held or asked.quick else 1


def _handlers() -> list[Path]:
    return sorted((_ROOT / "functions").glob("*/handler.py"))


def _import(module: str) -> tuple[float, float]:
    """Return seconds, and the peak memory in MiB."""
    answer = subprocess.run(
        [sys.executable, "-c", _TIMED.format(module=module)],
        check=False, capture_output=True, text=True, timeout=60,
        env={**os.environ, **_NEEDED, **_variables(), "PYTHONPATH": str(_ROOT / "functions")},
    )  # fmt: skip
    if answer.returncode:
        raise SystemExit(f"{module}: {answer.stderr}")
    seconds, memory = answer.stdout.split()
    return float(seconds), float(memory)


def _variables() -> dict[str, str]:
    """Return a value for each variable that the template gives functions."""
    text = (_ROOT / "template.yaml").read_text("utf-8")
    names = {word.strip(" :") for word in text.split() if word.rstrip(":").isupper()}
    return {name: "1" for name in names if "_" in name and "LOG" not in name}


def _up() -> tuple[float, float]:
    """Return seconds to a deployed stack, and the memory of all processes in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        dropforge(Path(folder), "up", "--port", "0")
        seconds = time.perf_counter() - began
        try:
            time.sleep(2)
            pid = json.loads(Path(folder, "state", "cloud.json").read_text("utf-8"))["pid"]
            return seconds, sum(map(pss_mib, tree(pid)))
        finally:
            dropforge(Path(folder), "down")


if __name__ == "__main__":
    sys.exit(main())

"""Print what functions import, how long that takes and what memory it needs, and the cloud's start.

python -m bench.start [--runs 5] [--quick]

Imports are timed in a new process each and in turn, in seconds of a processor, which other work on
the machine changes little. Each is set beside its floor, what the function cannot do without: a
client of S3 and the libraries of the step. The environment is Lambda's, but for the packages: those
that the command installs.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.command import as_users_have_it, dropforge
from bench.processes import pss_mib, tree
from bench.quick import add_quick

_ROOT = Path(__file__).resolve().parents[2]
_FUNCTIONS = _ROOT / "functions"
_LIMIT = 1.4
_UP_LIMIT_SECONDS, _IDLE_LIMIT_MIB = 2.5, 250
_BOTO3 = "import boto3"
_CLIENT = "import boto3; boto3.client('s3')"
_POLARS = f"{_CLIENT}; import polars"
_XGBOOST = f"{_CLIENT}; import numpy, xgboost"
_REPORT = f"{_CLIENT}; import numpy, jinja2"
_STEPS = {
    "prepare.steps.plan": _CLIENT,
    **{f"prepare.steps.{step}": _POLARS for step in ("profile", "fit", "encode", "encode_scoring")},
    **{f"predict.steps.{step}": _XGBOOST for step in ("chunk", "decision", "model")},
    "evaluate.steps.evaluate": _REPORT,
}
"""What a first event imports beside its handler, and the floor of both."""
_TIMED = """
import time
began = time.process_time()
{code}
seconds = time.process_time() - began
import resource
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_LAMBDA = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    # The X-Ray SDK and powertools do other things outside of Lambda.
    "LAMBDA_TASK_ROOT": str(_FUNCTIONS),
}


@dataclass(frozen=True)
class Imports:
    """What is imported, in a new process, and the code that it is set beside."""

    name: str
    code: str
    floor: str


def main() -> int:
    """Print both tables; 1 if a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.start")
    parser.add_argument("--runs", type=int, default=5)
    add_quick(parser)
    asked = parser.parse_args()
    runs = 1 if asked.quick else asked.runs
    held = _imports(runs, quick=asked.quick)
    ups, idle = zip(*(_up() for _ in range(runs)), strict=True)
    up, rest = statistics.median(ups), statistics.median(idle)
    print(f"\ndropforge up, to a deployed stack: {up:.1f} s (limit {_UP_LIMIT_SECONDS})")
    print(f"idle, all its processes: {rest:.0f} MiB (limit {_IDLE_LIMIT_MIB})")
    held &= up <= _UP_LIMIT_SECONDS and rest <= _IDLE_LIMIT_MIB
    return 0 if held or asked.quick else 1


def _all(*, quick: bool) -> list[Imports]:
    floors = (_BOTO3, _CLIENT, _POLARS, _XGBOOST, _REPORT)
    most = 1 if quick else None
    handlers = sorted(path.parent.name for path in _FUNCTIONS.glob("*/handler.py"))[:most]
    return [
        *(Imports(code, code, _CLIENT) for code in floors),
        *(Imports(f"{name}.handler", f"import {name}.handler", _CLIENT) for name in handlers),
        *(
            Imports(f"and {step}", f"import {step.partition('.')[0]}.handler, {step}", floor)
            for step, floor in list(_STEPS.items())[:most]
        ),
    ]


def _imports(runs: int, *, quick: bool) -> bool:
    """Print what imports take; return whether each keeps the limit."""
    rows = _all(quick=quick)
    found: dict[str, list[tuple[float, float]]] = {row.code: [] for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        environment = as_users_have_it(Path(folder)) | _variables() | _LAMBDA
        environment["PYTHONPATH"] += f"{os.pathsep}{_FUNCTIONS}"
        for row in () if quick else rows:
            # It writes bytecode, as a package has it.
            _import(row.code, environment)
        for _ in range(runs):
            for row in rows:
                found[row.code].append(_import(row.code, environment))
    seconds = {code: statistics.median(one for one, _ in runs) for code, runs in found.items()}
    print(f"{os.cpu_count()} processors, medians of {runs}, limit {_LIMIT} times the floor\n")
    print("| Imports | s of a processor | times boto3 | times its floor | MiB |")
    print("|---|---|---|---|---|")
    held = True
    for row in rows:
        own, memory = seconds[row.code], statistics.median(one for _, one in found[row.code])
        times = own / seconds[row.floor]
        is_floor = row.name == row.code
        held &= is_floor or times <= _LIMIT
        print(
            f"| {row.name} | {own:.2f} | {own / seconds[_BOTO3]:.2f} | "
            f"{'' if is_floor else f'{times:.2f}'} | {memory:.0f} |"
        )
    return held


def _import(code: str, environment: dict[str, str]) -> tuple[float, float]:
    """Return seconds of a processor, and the peak memory in MiB."""
    answer = subprocess.run(
        [sys.executable, "-c", _TIMED.format(code=code)],
        check=False, capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip
    if answer.returncode:
        raise SystemExit(f"{code}: {answer.stderr}")
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

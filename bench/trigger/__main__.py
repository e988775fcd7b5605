"""Time a tick of the schedule over many datasets; docs/architecture.md quotes what this prints.

The services are a server of its own process that answers after a fixed time, so the processor
time is TriggerFunction's alone.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from bench.quick import SWITCH, add_quick

LIMIT_SECONDS = 300.0
QUICK_DATASETS = 100
SHARE = 1024 / 1769
"""Of a processor that TriggerFunction's memory buys (Lambda developer guide, Memory)."""
FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


class _Context:
    function_name = "bench"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id = "bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return int(LIMIT_SECONDS * 1000)


def main() -> int:
    """Print the times of a tick that finds nothing new and of one that starts all."""
    parser = argparse.ArgumentParser(prog="python -m bench.trigger", description=__doc__)
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--answer-seconds", type=float, default=0.02)
    parser.add_argument("--case", choices=["known", "new"])
    add_quick(parser)
    given = parser.parse_args()
    if given.quick:
        given.datasets = QUICK_DATASETS
    if given.case:
        held = _tick(given.datasets, given.answer_seconds, given.case)
        return 0 if held or given.quick else 1
    # A process each, so that the memory of one is not that of the other.
    again = [sys.executable, "-m", "bench.trigger", "--datasets", str(given.datasets)]
    again += ["--answer-seconds", str(given.answer_seconds), *[SWITCH] * given.quick, "--case"]
    return max(subprocess.run([*again, case], check=False).returncode for case in ("known", "new"))


def _tick(datasets: int, seconds: float, case: str) -> bool:
    command = [sys.executable, "-m", "bench.trigger.answers", str(datasets), str(seconds), case]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            wall, processor, outcomes = _timed(server.stdout.readline().strip())
        finally:
            server.terminate()
    assert outcomes == {"known" if case == "known" else "started": datasets}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    estimate = max(wall, processor / SHARE)
    print(
        f"tick over {datasets:,} datasets, all {case}: {wall:.1f} s, {processor:.1f} s of "
        f"processor, {memory} MiB; with {SHARE:.2f} of a processor {estimate:.0f} s "
        f"(limit {LIMIT_SECONDS:g} s)"
    )
    return estimate <= LIMIT_SECONDS


def _timed(port: str) -> tuple[float, float, dict[str, int]]:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "BUCKET": "bench-bucket",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:bench",
    }
    sys.path.insert(0, str(FUNCTIONS))
    context: Any = _Context()
    # The function's own log and metrics go where they would in Lambda: not to the reader.
    with redirect_stdout(StringIO()):
        from trigger.handler import handler

        began, used = time.perf_counter(), time.process_time()
        answer = handler({"trigger": "schedule"}, context)
        wall, processor = time.perf_counter() - began, time.process_time() - used
    counts: dict[str, int] = {}
    for one in answer["outcomes"]:
        counts[one["outcome"]] = counts.get(one["outcome"], 0) + 1
    return wall, processor, counts


if __name__ == "__main__":
    raise SystemExit(main())

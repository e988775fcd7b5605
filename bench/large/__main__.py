"""Send large files through the local cloud and see that no process grows with them.

python -m bench.large [--gb 1,10] [--json FILE] [--quick]

A file is generated while it is uploaded, so that it is on the disk once. It ends early if the disk
or the memory of the machine would. Most of its columns are left out of the training and few rows
train, since a training job has its rows in memory by XGBoost's nature (docs/scale.md).
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.command import dropforge
from bench.end_to_end.memory import peaks_of
from bench.end_to_end.same import HYPERPARAMETERS, TARGET
from bench.large.tables import of_large
from bench.large.upload import upload
from bench.processes import looking
from bench.quick import add_quick
from bench.scale.measured import Cloud
from bench.scale.requests import Requests
from bench.scale.tables import bytes_of

_GB = 10**9
_ROW_BYTES = 97
_ROUNDS = 10
_SPLIT = {"train": 0.25, "validation": 0.05, "test": 0.7}
_LEFT_OUT = ["income", "balance", "active", "plan", "city", "since", "comment", "device"]
_LEAST_FREE_BYTES = 3 * _GB
_LEAST_MEMORY_BYTES = 3 * _GB
_LOOK_SECONDS = 1.0
_MOST_SECONDS = 5400


class _Watch:
    """How much of the disk is used at most, and whether the machine can go on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._free = shutil.disk_usage(folder).free
        self.used = 0
        self.short = ""

    def look(self) -> None:
        """Look once."""
        free = shutil.disk_usage(self._folder).free
        self.used = max(self.used, self._free - free)
        if free < _LEAST_FREE_BYTES:
            self.short = f"the disk has {bytes_of(free)} left"
        elif (memory := _available()) < _LEAST_MEMORY_BYTES:
            self.short = f"the machine has {bytes_of(memory)} of memory left"


def main() -> int:
    """Send each size through a cloud of its own; 1 if a run did not succeed."""
    parser = argparse.ArgumentParser(prog="python -m bench.large")
    parser.add_argument("--gb", default="1,10", help="sizes in GB, with commas between")
    add_quick(parser)
    parser.add_argument("--json", type=Path, help="write what was measured here")
    asked = parser.parse_args()
    sizes = [0.02] if asked.quick else [float(size) for size in asked.gb.split(",")]
    found = [_large(size) for size in sizes]
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
    succeeded = [one for one in found if one["status"] == "SUCCEEDED"]
    print(of_large(succeeded))
    return 0 if succeeded == found else 1


def _large(gb: float) -> dict[str, Any]:
    rows = round(gb * _GB / _ROW_BYTES)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Requests(Path(name)) as requests:
        folder = Path(name)
        dropforge(folder, "up", "--port", "0")
        try:
            watch = _Watch(folder)
            with looking(_LOOK_SECONDS, watch.look):
                cloud = Cloud(folder, requests)
                with peaks_of(cloud.pid) as peaks:
                    taken = _through(cloud, rows, watch)
        finally:
            dropforge(folder, "down", "--yes")
    return {
        "rows": rows,
        **taken,
        # Of the whole machine: what else went on is in it.
        "disk_bytes": watch.used,
        "ended_early": watch.short,
        "peaks_mib": {kind: round(peak) for kind, peak in sorted(peaks.items())},
    }


def _through(cloud: Cloud, rows: int, watch: _Watch) -> dict[str, Any]:
    """Upload, wait for the end of the execution, and tell how long each state took."""
    s3 = cloud.client("s3")
    bucket = cloud.bucket()
    settings = {
        "target": TARGET,
        "drop_columns": _LEFT_OUT,
        "split": _SPLIT,
        "hyperparameters": HYPERPARAMETERS | {"num_round": _ROUNDS},
    }
    s3.put_object(Bucket=bucket, Key="inbox/large/pipeline.json", Body=json.dumps(settings))
    began = time.monotonic()
    size = upload(s3, bucket, "inbox/large/large.csv", rows, lambda: watch.short)
    uploaded = time.monotonic() - began
    print(f"{bytes_of(size)} uploaded in {uploaded:.0f} s", file=sys.stderr, flush=True)
    if watch.short:
        return {"bytes": size, "upload_seconds": round(uploaded, 1), "status": "ENDED EARLY"}
    states, machine = cloud.client("stepfunctions"), cloud.machine()
    while time.monotonic() - began < _MOST_SECONDS and not watch.short:
        time.sleep(_LOOK_SECONDS)
        runs = states.list_executions(stateMachineArn=machine)["executions"]
        if runs and runs[0]["status"] != "RUNNING":
            return {
                "bytes": size,
                "upload_seconds": round(uploaded, 1),
                "status": runs[0]["status"],
                "seconds": (runs[0]["stopDate"] - runs[0]["startDate"]).total_seconds(),
                **cloud.told_of(runs[0]["name"], "large"),
            }
    return {"bytes": size, "upload_seconds": round(uploaded, 1), "status": "ENDED EARLY"}


def _available() -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")) * 1024


if __name__ == "__main__":
    sys.exit(main())

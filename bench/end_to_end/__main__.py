"""Time a drop from the file to the fetched results, beside a plain script, in turn.

python -m bench.end_to_end [--rows 1000,100000,1000000,4000000] [--pairs 3] [--json FILE]

The local cloud is up, as for the second drop of a day. The table has medians; a process's peak
memory includes what it shares with others.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.end_to_end.memory import Peaks
from bench.end_to_end.same import HYPERPARAMETERS, ROUNDS, TARGET
from bench.prepare.generate import generate

_ROOT = Path(__file__).resolve().parents[2]
_PENDING = 3
_ROWS = "1000,100000,1000000,4000000"


def main() -> None:
    """Print the tables of each size, and write what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.end_to_end")
    parser.add_argument("--rows", default=_ROWS, help="sizes, with commas between")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write what was measured here")
    asked = parser.parse_args()
    found: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "sizes": [],
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _dropforge(Path(folder), "up", "--port", "0")
        try:
            # Functions start at the first drop.
            _size(Path(folder), 1_000, 1)
            for rows in map(int, asked.rows.split(",")):
                size = _size(Path(folder), rows, asked.pairs)
                found["sizes"].append(size)
                _print(size)
        finally:
            _dropforge(Path(folder), "down")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _size(folder: Path, rows: int, pairs: int) -> dict[str, Any]:
    file = folder / f"rows-{rows}.csv"
    generate(file, rows)
    settings = folder / "pipeline.json"
    hyperparameters = HYPERPARAMETERS | {"num_round": ROUNDS}
    settings.write_text(json.dumps({"target": TARGET, "hyperparameters": hyperparameters}))
    scripts, drops = [], []
    for number in range(pairs):
        scripts.append(_script(file))
        drops.append(_drop(folder, file, settings, f"rows-{rows}-{number}"))
    size = file.stat().st_size
    file.unlink()
    return {"rows": rows, "bytes": size, "scripts": scripts, "drops": drops}


def _script(file: Path) -> dict[str, Any]:
    began = time.perf_counter()
    answer = subprocess.run(
        [sys.executable, "-m", "bench.end_to_end.script", str(file)],
        check=True, capture_output=True, text=True, cwd=_ROOT, timeout=1800,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return {"seconds": time.perf_counter() - began, **found}


def _drop(folder: Path, file: Path, settings: Path, dataset: str) -> dict[str, Any]:
    cloud = json.loads((folder / "state" / "cloud.json").read_text("utf-8"))
    with Peaks(cloud["pid"]) as peaks:
        began = time.perf_counter()
        # Another dataset each time, so that no run is compared with a model in use.
        printed = _dropforge(
            folder, "run", str(file), "--dataset", dataset, "--settings", str(settings), "--json",
            "--out", str(folder / "out"),
        )  # fmt: skip
        seconds = time.perf_counter() - began
    result = json.loads(printed)
    states = {k: v for k, v in result["seconds"].items() if k != "total"}
    return {
        "seconds": seconds,
        "execution": result["seconds"]["total"],
        "states": states,
        "auc": result["metric"]["value"],
        "peaks_mib": peaks.found,
    }


def _dropforge(folder: Path, *arguments: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "dropforge", *arguments],
        check=False, capture_output=True, text=True, timeout=3600, cwd=_ROOT,
        env={**os.environ, "DROPFORGE_STATE_DIR": str(folder / "state")},
    )  # fmt: skip
    # A model that waits for a person is a result, too.
    if answer.returncode not in (0, _PENDING):
        raise SystemExit(
            f"dropforge {arguments[0]} ended with {answer.returncode}: {answer.stderr}"
        )
    return answer.stdout


def _print(size: dict[str, Any]) -> None:
    scripts, drops = size["scripts"], size["drops"]
    script, drop = _median(scripts, "seconds"), _median(drops, "seconds")
    execution = _median(drops, "execution")
    print(
        f"\n{size['rows']:,} rows, {size['bytes'] / 1e6:.1f} MB, {len(drops)} pairs: "
        f"drop {drop:.1f} s, script {script:.1f} s, {drop / script:.2f} times, "
        f"{drop - script:+.1f} s; AUC {_median(drops, 'auc'):.4f} and {_median(scripts, 'auc'):.4f}"
    )
    print(f"  before and after the execution  {drop - execution:8.2f} s")
    for name, seconds in sorted(_medians(drops, "states").items(), key=lambda one: -one[1]):
        if seconds >= 0.01 * drop:
            print(f"  {name:30}  {seconds:8.2f} s")
    for name, seconds in _medians(scripts, "steps").items():
        print(f"  script: {name:22}  {seconds:8.2f} s")
    for name, peak in sorted(_medians(drops, "peaks_mib").items(), key=lambda one: -one[1]):
        print(f"  {name:30}  {peak:8.0f} MiB")
    print(f"  {'script':30}  {_median(scripts, 'peak_mib'):8.0f} MiB")


def _median(measured: list[dict[str, Any]], name: str) -> float:
    return float(statistics.median(one[name] for one in measured))


def _medians(measured: list[dict[str, Any]], name: str) -> dict[str, float]:
    names = {key: None for one in measured for key in one[name]}
    return {key: statistics.median(one[name].get(key, 0.0) for one in measured) for key in names}


if __name__ == "__main__":
    main()

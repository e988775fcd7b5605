"""Measure Evaluate and its package: python -m bench.evaluate [--quick] [--json FILE].

Each measurement is a process of its own, which judges a challenger against a champion
on the same rows and writes evaluation.json and report.html; files lie on disk. In small, 10,000
rows alone, and no package.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.quick import add_quick

ROOT = Path(__file__).parents[2]
CASES = (
    ("regression", "rmse"),
    ("binary", "auc"),
    ("binary", "average_precision"),
    ("multiclass", "mlogloss"),
)
SMALL, LARGE = 10_000, 1_000_000
LIMITS = {"seconds": {SMALL: 2.0, LARGE: 10.0}, "memory_mib": 1536, "package_mb": 250}


def run(module: str, *arguments: str) -> tuple[float, str]:
    """Run a module; return its own peak memory in MiB, and what it printed."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}"}
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    assert process.stdout is not None
    printed = process.stdout.read().decode()
    # wait4 gives the peak of this child alone.
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024), printed


def measure(task: str, metric: str, rows: int) -> dict[str, Any]:
    """Judge a made run; the large run counts cold, the small one warm."""
    with tempfile.TemporaryDirectory() as folder:
        run("bench.evaluate.made_run", folder, task, metric, str(rows))
        memory, printed = run("bench.evaluate.invocation", folder)
    found: dict[str, Any] = json.loads(printed)
    seconds = found["seconds"]
    counted = seconds["second"] if rows == SMALL else seconds["import"] + seconds["first"]
    return {
        "task": task,
        "metric": metric,
        "rows": rows,
        "seconds": counted,
        "memory_mib": memory,
        "report_kib": found["report"] / 1024,
        "holds": counted <= LIMITS["seconds"][rows] and memory <= LIMITS["memory_mib"],  # type: ignore[index,operator]
    }


def package() -> dict[str, Any]:
    """Build the layer and the functions as `sam build` does; return their size in MB."""
    with tempfile.TemporaryDirectory() as folder:
        for source, target in (("layers/evaluation", "build-layer"), ("functions", "build-code")):
            subprocess.run(
                ["make", "--silent", "-C", str(ROOT / source), target, f"PYTHON={sys.executable}"],
                env=os.environ | {"ARTIFACTS_DIR": folder},
                check=True,
                stderr=subprocess.DEVNULL,
            )
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return {"mb": size / 1e6, "holds": size / 1e6 <= LIMITS["package_mb"]}  # type: ignore[operator]


def main() -> None:
    """Measure, print, and fail if a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_quick(parser)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    sizes = (SMALL,) if arguments.quick else (SMALL, LARGE)
    figures: dict[str, Any] = {"runs": []}
    print(f"{'task':<12}{'metric':<19}{'test rows':>10}{'seconds':>9}{'MiB':>7}{'report KiB':>12}")
    for rows in sizes:
        for task, metric in CASES:
            found = measure(task, metric, rows)
            figures["runs"].append(found)
            print(
                f"{task:<12}{metric:<19}{rows:>10,}{found['seconds']:>9.2f}"
                f"{found['memory_mib']:>7.0f}{found['report_kib']:>12.0f}"
                f"{'' if found['holds'] else '  over the limit'}",
                flush=True,
            )
    holds = all(found["holds"] for found in figures["runs"])
    if not arguments.quick:
        figures["package"] = package()
        holds = holds and figures["package"]["holds"]
        print(f"EvaluateFunction unzipped: {figures['package']['mb']:.0f} MB of 250")
    print("Limits: 10,000 rows 2 s warm; 1,000,000 rows 10 s from a cold start and 1,536 MiB.")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))
    raise SystemExit(0 if holds or arguments.quick else 1)


if __name__ == "__main__":
    main()

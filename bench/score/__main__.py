"""Score files on the local cloud beside a script; docs/scoring.md quotes what this prints.

python -m bench.score [--rows N] [--rounds N] [--engine function|batch] [--quick]
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

import polars as pl

from bench.command import dropforge
from bench.quick import add_quick

ROOT = Path(__file__).parents[2]
ROWS, TRAINING_ROWS, SMALL_ROWS = 1_000_000, 20_000, 50
QUICK_ROWS = 1_000
QUICK_SETTINGS = {"hyperparameters": {"num_round": 20}}
RATIO, MORE_SECONDS, SMALL_MORE_SECONDS = 2.5, 5.0, 2.0


def main() -> int:
    """Print the times, and fail if one is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", choices=["auto", "function", "batch"], default="auto")
    add_quick(parser)
    asked = parser.parse_args()
    training_rows = TRAINING_ROWS
    if asked.quick:
        asked.rows, asked.rounds, training_rows = QUICK_ROWS, 1, QUICK_ROWS
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write(place / "training.csv", training_rows, 0)
        write(place / "large.csv", asked.rows, 1)
        write(place / "small.csv", SMALL_ROWS, 2)
        settings = {"scoring": asked.engine, **(QUICK_SETTINGS if asked.quick else {})}
        (place / "settings.json").write_text(json.dumps(settings))
        dropforge(place, "up", "--port", "0")
        try:
            files = trained(place)
            held = compared(place, files, "large", asked.rounds, RATIO, MORE_SECONDS)
            if not asked.quick:
                held &= compared(place, files, "small", asked.rounds, 1, SMALL_MORE_SECONDS)
        finally:
            dropforge(place, "down", "--yes")
    return 0 if held or asked.quick else 1


def write(file: Path, rows: int, seed: int) -> None:
    """Write a table of 13 columns, the last of them the target."""
    number = pl.int_range(rows, dtype=pl.UInt64, eager=True)

    def noise(at: int) -> pl.Series:
        return (number.hash(seed * 100 + at) % 1_000_000).cast(pl.Float64) / 1_000_000

    plans = dict(enumerate(["gold", "free", "pro", "trial"]))
    plan = (noise(20) * len(plans)).cast(pl.Int32).replace_strict(plans)
    table = pl.DataFrame(
        {
            "id": ("C-" + number.cast(pl.String)),
            "plan": plan,
            "age": (noise(21) * 70).cast(pl.Int32) + 18,
            **{f"amount_{at}": (noise(at) * 1000).round(2) for at in range(9)},
        }
    )
    price = (
        table["age"] * 2 + table["amount_0"] / 10 + (table["plan"] == "gold").cast(pl.Int32) * 50
    )
    table.with_columns((price + noise(22) * 20).round(2).alias("price")).write_csv(file)


def trained(place: Path) -> dict[str, Path]:
    """Train on the file, and return where the model and its encoder lie."""
    told = dropforge(
        place, "run", "training.csv", "--dataset", "bench", "--target", "price",
        "--settings", "settings.json", "--json", "--out", "run",
    )  # fmt: skip
    files = json.loads(told)["files"]
    return {name: Path(files[name]) for name in ("model", "encoder")}


def compared(
    place: Path, files: dict[str, Path], name: str, rounds: int, ratio: float, more: float
) -> bool:
    """Time both in turns."""
    seconds: dict[str, list[float]] = {"score": [], "script": []}
    states: dict[str, float] = {}
    for number in range(rounds + 1):
        began = time.perf_counter()
        told = dropforge(
            place,
            "score",
            f"{name}.csv",
            "--dataset",
            "bench",
            "--json",
            "--out",
            f"{name}.out.csv",
        )
        middle = time.perf_counter()
        script(place, files, name)
        ended = time.perf_counter()
        if number:
            # The first round starts the functions' processes.
            seconds["score"].append(middle - began)
            seconds["script"].append(ended - middle)
            states = json.loads(told)["seconds"]
    scored, plain = (statistics.median(seconds[key]) for key in ("score", "script"))
    limit = ratio * plain + more
    print(
        f"{name}: {scored:.1f} s, the script {plain:.1f} s: {scored / plain:.2f} times, "
        f"limit {limit:.1f} s; {os.cpu_count()} processors, medians of {rounds}"
    )
    print("  " + ", ".join(f"{state} {took:.1f}" for state, took in states.items() if took >= 0.05))
    return scored <= limit


def script(place: Path, files: dict[str, Path], name: str) -> None:
    """Run the script in a process of its own."""
    arguments = [str(files["model"]), str(files["encoder"]), f"{name}.csv", f"{name}.script.csv"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}"}
    subprocess.run(
        [sys.executable, "-m", "bench.score.by_polars", *arguments],
        check=True,
        cwd=place,
        env=environment,
    )


if __name__ == "__main__":
    sys.exit(main())

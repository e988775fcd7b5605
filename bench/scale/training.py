"""Peak memory of a process that reads rows as the training container does.

ROWS FEATURES MISSING ROUNDS: ROWS are those of the dropped file, of which 70 % train and 15 %
validate; MISSING of 100 values are not there. Prints JSON.
"""

import json
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import xgboost

from bench.processes import peak_mib
from bench.scale.memory import SHARES, held_rows

_SLICE = 100_000


def main(rows: int, features: int, missing: int, rounds: int) -> None:
    """Write the two channels as CSV, read them, and train."""
    warnings.simplefilter("ignore", UserWarning)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        # In another process, so that it counts for none of this one's memory.
        if (child := os.fork()) == 0:
            for name in SHARES:
                _write(Path(folder) / name, held_rows(rows, name), features, missing)
            os._exit(0)
        os.waitpid(child, 0)
        before, began = peak_mib(os.getpid()), time.process_time()
        matrices = {
            name: xgboost.DMatrix(f"{folder}/{name}?format=csv&label_column=0&delimiter=,")
            for name in SHARES
        }
        xgboost.train(
            {"objective": "binary:logistic", "tree_method": "hist", "max_depth": 6, "eta": 0.1},
            matrices["train"],
            rounds,
            evals=[(matrix, name) for name, matrix in matrices.items()],
            verbose_eval=False,
        )
    held = sum(held_rows(rows, name) for name in SHARES)
    taken = peak_mib(os.getpid()) - before
    print(
        json.dumps(
            {
                "rows": held,
                "features": features,
                "missing": missing,
                "mib": round(taken, 1),
                "bytes_a_row": round(taken * (1 << 20) / held, 1),
                "processor_seconds": round(time.process_time() - began, 2),
            }
        )
    )


def _write(folder: Path, rows: int, features: int, missing: int) -> None:
    """Write a label, and flags and numbers of four decimals in turn."""
    import polars as pl

    folder.mkdir()
    draw = np.random.default_rng(0)
    with (folder / "part-00000.csv").open("wb") as file:
        for start in range(0, rows, _SLICE):
            count = min(_SLICE, rows - start)
            columns = {
                str(n): draw.random(count).round(4) if n % 2 else draw.integers(0, 2, count)
                for n in range(features + 1)
            }
            there = [
                pl.when(pl.Series(draw.random(count) * 100 >= missing))
                .then(pl.col(name))
                .alias(name)
                for name in list(columns)[1:]
            ]
            pl.DataFrame(columns).with_columns(there).write_csv(file, include_header=False)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

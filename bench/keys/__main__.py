"""Count keys that are missed, and measurements that are taken for keys.

python -m bench.keys [--quick]
"""

import argparse
import sys
from collections import Counter

import polars as pl

from bench.keys.columns import SIZES, Example, examples
from bench.quick import add_quick
from table.columns.kind import column_of
from table.profiling.column import profile_column
from table.profiling.merge import merge_columns

ALLOWED = 0.01
"""Of what is measured, how much may be taken for a key."""
_QUICK_ROWS = 1_000


def is_key(example: Example, chunks: int = 1) -> bool:
    """Tell whether a column is taken for a key, profiled in so many chunks."""
    rows = len(example.values)
    size = -(-rows // chunks)
    parts = [
        profile_column(pl.Series(example.values[at : at + size]), name=example.name)
        for at in range(0, rows, size)
    ]
    found = parts[0]
    for part in parts[1:]:
        found = merge_columns(found, part)
    return column_of(example.name, found, rows).kind == "identifier"


def main() -> int:
    """Measure, print, and return 1 if a figure does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.keys", description=__doc__)
    add_quick(parser)
    largest = _QUICK_ROWS if parser.parse_args().quick else SIZES[-1]
    columns: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for example in examples(largest):
        columns[example.kind] += 1
        if is_key(example) == (example.kind == "measured"):
            wrong[example.kind] += 1
            print(
                f"{example.kind}: {example.what}, {len(example.values):,} rows, is judged wrongly"
            )
    for kind, total in columns.items():
        what = "taken for keys" if kind == "measured" else "missed"
        print(f"{kind:10s} {wrong[kind]:3d} of {total} {what}")
    missed = wrong["sequential"] + wrong["text"]
    return int(missed > 0 or wrong["measured"] > ALLOWED * columns["measured"])


if __name__ == "__main__":
    sys.exit(main())

"""The rows that columns are tried on, in two halves."""

from dataclasses import dataclass

import polars as pl

from pipeline.documents.encoder import STYLED, Encoder, by_column
from pipeline.vocabulary import Task
from prepare.checks.sample import Sample
from table.values.dates import dates
from table.values.hashing import mix
from table.values.missing import stripped
from table.values.numbers import numbers

_ROWS = 10_000
_FEW_ROWS = 200
_FEW_VALUES = 12
_ODD = 0x9E3779B97F4A7C15
HELD = "held"


@dataclass(frozen=True)
class Rows:
    """Columns as they are learned from, and the target.

    Attributes
    ----------
    columns : by name; numbers, or texts of categories; null is missing.
    labels : numbers, or indices of classes.
    held : the half of each row. Equal rows are in the same half, unless few are different.
    """

    columns: dict[str, pl.Series]
    labels: pl.Series
    held: pl.Series
    task: Task

    @property
    def off_commonest(self) -> int:
        """Return how many rows are not of the commonest class."""
        return len(self.labels) - max(self.labels.unique_counts(), default=0)

    def of(self, x: pl.Series, y: pl.Series) -> pl.DataFrame:
        """Return one column, what it is to tell, and the halves."""
        return pl.DataFrame({"x": x, "y": y, HELD: self.held})


def rows_of(sample: Sample, columns: list[str], encoder: Encoder) -> Rows:
    """Read the columns that are trained on, of at most 10,000 rows that their content chooses.

    Their order in the file changes nothing. Where a few rows are there again and again, each half
    has some of each, and only columns of few values are tried: any other is known by heart.
    """
    rows = pl.DataFrame({"content": sample.frame.hash_rows(seed=1), "label": sample.labels})
    rows = rows.with_columns(copy=pl.int_range(pl.len()).over("content"))
    rows = rows.with_columns(key=mix(rows["content"] + rows["copy"].cast(pl.UInt64) * _ODD))
    rows = rows.with_row_index("at").bottom_k(_ROWS, by="key").sort("key")
    different = rows["content"].n_unique()
    repeated = different < _FEW_ROWS and different * 2 <= len(rows)
    half = rows["key"] if repeated else rows["content"]
    frame = sample.frame[rows["at"]]
    read = {}
    for name, features in by_column(encoder["features"]).items():
        values = stripped(frame.to_series(columns.index(name)))
        if repeated and values.n_unique() > _FEW_VALUES:
            continue
        first = features[0]
        if first["encoding"] in STYLED:
            as_numbers = numbers if first["encoding"] == "numeric" else dates
            read[name] = as_numbers(values, first["style"]).cast(pl.Float64, strict=False)
        else:
            read[name] = values.str.to_lowercase()
    return Rows(read, rows["label"], half % 2 == 1, encoder["target"]["task"])

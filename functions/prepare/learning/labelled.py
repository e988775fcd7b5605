"""Part of steps fit and encode: a chunk's rows that have a target."""

from dataclasses import dataclass, replace

import polars as pl

from pipeline.documents.encoder import Encoder
from pipeline.documents.plan import Plan
from table.encoding.apply import encode_target
from table.reading.records import Records
from table.values.missing import present


@dataclass(frozen=True)
class Labelled:
    """A chunk's rows that have a target.

    Attributes
    ----------
    frame : the file's columns as strings.
    rows : number of each row in the chunk, from 0.
    dropped : how many others there are.
    """

    frame: pl.DataFrame
    labels: pl.Series
    rows: pl.Series
    dropped: int

    def only(self, kept: pl.Series) -> "Labelled":
        """Return some of the rows."""
        return replace(
            self,
            frame=self.frame.filter(kept),
            labels=self.labels.filter(kept),
            rows=self.rows.filter(kept),
        )


def labelled_rows(records: Records, plan: Plan, encoder: Encoder) -> Labelled:
    """Return the rows among a chunk's records that have a target."""
    target = encoder["target"]
    values = records.frame.to_series(plan["columns"].index(target["name"]))
    labels = encode_target(present(values, target["name"], encoder.get("missing_values")), target)
    rows = records.index
    if rows is None:
        rows = pl.int_range(len(records.frame), dtype=pl.UInt32, eager=True)
    found = Labelled(records.frame, labels, rows, labels.null_count())
    return found.only(labels.is_not_null()) if found.dropped else found

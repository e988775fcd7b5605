"""Part of step fit: read the rows that train again, and learn what categories say of the target.

Which rows train is known only when all chunks have been profiled, so that no profile can tell.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil

import polars as pl

from pipeline.documents import kinds
from pipeline.documents.encoder import Encoder
from pipeline.documents.fit import Fit, Folds, Placed
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import RunFiles
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.storage.bucket import Source
from pipeline.vocabulary import TRAIN
from pipeline.wording import listed
from prepare.learning.folds import folds_of
from prepare.learning.labelled import labelled_rows
from prepare.splitting.placing import columns_that_split, split_rows, together
from table.columns.kind import Column
from table.columns.named_in_settings import kept_columns
from table.columns.target import Target
from table.encoding.tabled import SAYS_NOTHING, columns_to_learn, outputs_of, with_tables
from table.encoding.target_means import FOLDS, means_of
from table.encoding.target_sums import Outputs, TargetSums, sums_of
from table.encoding.value_table import value_keys
from table.limits import MIB
from table.reading.dialect import Dialect
from table.reading.planned import read_planned
from table.values.missing import present

LEARNED_BYTES = 4096 * MIB
"""Of a file; of a larger one, blocks that lie evenly in it, so that Fit ends in time."""
LEARNED_CELLS = 150_000_000
"""Of the columns that are learned, rows times columns: each takes up to 1.9 us, 285 s in all."""
_BLOCK_BYTES = 64 * MIB
_CHUNKS_AT_ONCE = 2
"""As the function has processors (3,008 MiB are 1.7), and no more memory than Encode takes."""
_MOST_VALUES = 1 << 17
_LEAST_VALUES = 1 << 10
_MOST_NUMBERS = 2_000_000
"""In folds.json."""


@dataclass(frozen=True)
class Blocks:
    """Every so many blocks of rows, which chunks change nothing about."""

    rows: int
    every: int

    @classmethod
    def of(cls, rows: int, size: int, columns: int, most: int = LEARNED_BYTES) -> "Blocks":
        """Choose blocks of a file of so many rows and bytes, and columns that are learned."""
        every = max(ceil(size / most), ceil(rows * columns / LEARNED_CELLS))
        return cls(max(1, rows * _BLOCK_BYTES // size), every)

    def any_in(self, first: int, end: int | None) -> bool:
        """Tell whether rows from first to before end are in a block; None is the file's end."""
        if self.every == 1 or end is None:
            return True
        return -(-(first // self.rows) // self.every) * self.every * self.rows < end

    def have(self, rows: pl.Series) -> pl.Series:
        """Tell which rows are in a block, by their numbers in the file."""
        return rows // self.rows % self.every == 0


@dataclass(frozen=True)
class Learning:
    """What each chunk's rows are read with.

    Attributes
    ----------
    names : columns whose values are learned.
    limit : to the different values of each that are told apart.
    fold : whether texts that differ only in case are one value.
    """

    plan: Plan
    encoder: Encoder
    fit: Fit
    outputs: Outputs
    names: list[str]
    limit: int
    fold: bool

    def of_chunk(self, raw: bytes, chunk: Placed, blocks: Blocks) -> list[TargetSums]:
        """Add up the rows of a chunk that train, for each of the columns."""
        columns, missing = self.plan["columns"], self.encoder.get("missing_values")
        named = [*self.names, self.encoder["target"]["name"]]
        wanted = {*map(columns.index, named), *columns_that_split(self.fit)}
        text = Dialect(**self.plan["dialect"]).text_of(raw)
        records = read_planned(text, self.plan, clean=chunk["clean"], only=wanted)
        # Two chunks are in memory at once.
        del raw, text
        found = labelled_rows(records, self.plan, self.encoder)
        groups = together(found.frame, columns, self.fit, missing)
        splits = split_rows(found.frame, columns, found.labels, self.fit, chunk, missing)
        folds = folds_of(found.rows, chunk, self.fit, groups)
        kept = (splits == TRAIN) & blocks.have(found.rows.cast(pl.UInt64) + chunk["first_row"])
        train, folds = found.only(kept), folds.filter(kept)
        numbers = self.outputs.of(train.labels)
        sums = []
        for name in self.names:
            values = present(train.frame.to_series(columns.index(name)), name, missing)
            keys = value_keys(values, fold=self.fold)
            sums.append(sums_of(keys, folds, numbers, self.limit))
        return sums


@dataclass(frozen=True)
class Learned:
    """The encoder with tables, and the means that rows which train have; None without tables."""

    encoder: Encoder
    folds: Folds | None = None

    @property
    def notices(self) -> list[Notice]:
        """Say which columns tell nothing."""
        names = [d["column"] for d in self.encoder["dropped"] if d["reason"] == SAYS_NOTHING]
        if not names:
            return []
        columns = "Column" if len(names) == 1 else "Columns"
        them = "it" if len(names) == 1 else "them"
        text = (
            f"{columns} {listed(names)} not used: {SAYS_NOTHING}. To train on {them}, list {them} "
            f'in "keep_columns".'
        )
        return [notice("dropped_chance", text)]

    def write(self, files: RunFiles) -> Encoder:
        """Write encoder.json, and folds.json if there are tables; return the encoder."""
        files.write_document(kinds.ENCODER, self.encoder)
        if self.folds is not None:
            files.write_document(kinds.FOLDS, self.folds)
        return self.encoder


def learnable(target: Target, columns: Sequence[Column]) -> Outputs:
    """Return the numbers of the target that are learned beside categories."""
    column = next(column for column in columns if column.name == target.name)
    return outputs_of(target, column.numbers)


def learn(
    source: Source,
    plan: Plan,
    settings: Settings,
    encoder: Encoder,
    fit: Fit,
    chunks: Sequence[Placed],
    outputs: Outputs,
) -> Learned:
    """Learn the target's mean at each value of the columns that have many.

    Parameters
    ----------
    chunks : of all rows, in order.
    """
    fold = not settings["distinct_labels"]
    names = columns_to_learn(encoder)
    if not names:
        return Learned(encoder)
    learning = Learning(plan, encoder, fit, outputs, names, _limit(len(names), outputs), fold)
    blocks = Blocks.of(sum(fit["class_rows"]), plan["source"]["size"], len(names))
    ends = [*(chunk["first_row"] for chunk in chunks[1:]), None]
    read = [c for c, end in zip(chunks, ends, strict=True) if blocks.any_in(c["first_row"], end)]

    def sums_in(chunk: Placed) -> list[TargetSums]:
        return learning.of_chunk(source.read(chunk["start"], chunk["end"]), chunk, blocks)

    sums: list[TargetSums] = []
    # polars lets go of Python's lock, and while one chunk is read another is on its way. No more
    # than these wait to be added up: sums of many values are large.
    with ThreadPoolExecutor(_CHUNKS_AT_ONCE) as pool:
        for at in range(0, len(read), _CHUNKS_AT_ONCE):
            for own in pool.map(sums_in, read[at : at + _CHUNKS_AT_ONCE]):
                both = zip(sums, own, strict=True)
                sums = [a.plus(b, learning.limit) for a, b in both] if sums else own
    means = {n: means_of(own, outputs, fold=fold) for n, own in zip(names, sums, strict=True)}
    found = {name: own for name, own in means.items() if own is not None}
    made = with_tables(encoder, found, outputs, kept_columns(settings, plan["columns"]))
    folds: Folds = {"columns": {name: found[name].folds for name in made.get("tables", {})}}
    return Learned(made, folds if folds["columns"] else None)


def _limit(columns: int, outputs: Outputs) -> int:
    """Return how many values of a column are told apart, so that folds.json stays in its limit."""
    room = _MOST_NUMBERS // (columns * FOLDS * (1 + outputs.count))
    return max(_LEAST_VALUES, min(_MOST_VALUES, room))

"""fit.json, folds.json and chunks.json: what Encode needs to place each row by itself."""

from typing import NotRequired, TypedDict

from pipeline.vocabulary import SplitBy


class Method(TypedDict):
    """How rows are divided."""

    by: SplitBy
    column: NotRequired[int]
    """Position of the column of times, or of groups."""
    columns: NotRequired[list[int]]
    """Positions of those that are a row's content."""
    style: NotRequired[str]
    validation_from: NotRequired[int]
    test_from: NotRequired[int]
    """Ticks (table.profiling.timeline)."""
    groups: NotRequired[dict[str, int] | None]
    """The split of each group (or digest of content), 0 train, 1 validation, 2 test; None if hashes
    decide."""


class FractionFacts(TypedDict):
    """Shares of rows, and the seed; ``Fractions(**value)`` takes it."""

    train: float
    validation: float
    test: float
    seed: int


class DigestRule(TypedDict):
    """Of which rows a digest is kept: of those that ``every`` divides."""

    scheme: str
    every: int


class Split(TypedDict):
    """How the rows of a file are divided."""

    method: Method
    fractions: FractionFacts
    class_rows: list[int]
    """Rows of each class; of all in a regression."""


class Fit(Split):
    """What the training went by."""

    digests: DigestRule


class FoldMeans(TypedDict):
    """Of a column, the means of values in all folds but one; numbers that blanks part."""

    pairs: str
    """The place of a value in the encoder's table, times the folds, plus the fold."""
    means: list[str]
    """Of each number of the target, the mean of each pair."""


class Folds(TypedDict):
    """What the target is on average beside each row that trains, without the row's fold."""

    columns: dict[str, FoldMeans]
    """Those that the encoder has a table of."""


class Recorded(TypedDict):
    """What the fit.json of any earlier run may have."""

    digests: NotRequired[DigestRule]


class FirstRow(TypedDict):
    """A chunk's records: byte range and first row, from 1."""

    index: int
    start: int
    end: int
    first_row: int
    clean: bool
    """Whether each line is known to be a record of the right width."""


class Placed(FirstRow):
    """A chunk's records, and where they stand in the file."""

    ordinals: list[int]
    """Rows of each class before the chunk."""
    train_parts: int


class Chunk(Placed):
    """An item of chunks.json."""

    champion: bool
    """Whether the test rows are encoded for the champion, too."""
    again: bool
    """Whether nothing else is written."""

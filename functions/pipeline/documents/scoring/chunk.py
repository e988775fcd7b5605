"""The items of the Maps, and chunks/score-*.json: what is known of a chunk."""

from typing import NotRequired, TypedDict

from pipeline.documents.fit import FirstRow


class Scored(FirstRow):
    """An item of chunks.json: a chunk's records, and all bytes that are carried over with it."""

    lead: int
    """Offset of the first byte that is the chunk's to carry over: blank lines before its records,
    in the first chunk all up to the header's end as well."""
    tail: int
    """Offset behind the last byte that is the chunk's: in the last chunk blank lines as well."""


class ScoreNote(TypedDict):
    """chunks/score-*.json, of Encode: how a chunk's records lie in its lines, and stray cells."""

    index: int
    rows: int
    """Rows that are predicted, in the order of the file."""
    plain: bool
    """Whether each line is a row, so that no list of records was written (data/spans)."""
    unseen: dict[str, int]
    """By column, values that the champion never saw in training."""
    strays: NotRequired[dict[str, list[int]]]
    """By row (from 0), positions of the columns whose cell could not be read."""


class JoinNote(TypedDict):
    """chunks/join-*.json, of Join: what became of a chunk's reasons."""

    index: int
    unexplained: int
    """Rows without a reason, though some are asked for."""

"""chunks/*.json that Encode leaves: how many rows went where, and what it wrote."""

from typing import NotRequired, TypedDict


class RowCounts(TypedDict):
    """Rows, by where they went."""

    train: int
    validation: int
    test: int
    dropped: int
    """For want of a target."""


class ChunkRows(RowCounts):
    """Rows of a chunk, by where they went."""

    index: NotRequired[int]
    """Of the chunk."""
    seen: NotRequired[int]
    """Digests that were kept."""


class PartsNote(TypedDict):
    """ETags of what Encode wrote, by name below the run's prefix."""

    parts: dict[str, str]
    index: NotRequired[int]

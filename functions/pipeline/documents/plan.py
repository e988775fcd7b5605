"""plan.json and manifest.json: how a file is written, and where it is cut."""

from typing import Literal, TypedDict

from pipeline.notices import Notice

Newline = Literal["\n", "\r"]


class ObjectVersion(TypedDict):
    """One version of an S3 object."""

    bucket: str
    key: str
    version_id: str | None
    size: int
    """Bytes."""


class DialectFacts(TypedDict):
    """How the bytes of a CSV are to be read; ``Dialect(**value)`` takes it."""

    delimiter: str
    quote: str
    newline: Newline
    skip_space: bool
    encoding: str


class Plan(TypedDict):
    """What Plan found out of a file's beginning and its settings."""

    source: ObjectVersion
    """The bytes to read: the drop itself, or its plain copy."""
    file: str
    """Name of the drop, for messages."""
    dialect: DialectFacts
    header: bool
    columns: list[str]
    data_start: int
    """Offset of the first record, in bytes."""
    skip_lines: int
    target: str
    time_index: int | None
    group_index: int | None
    notices: list[Notice]


class ChunkRange(TypedDict):
    """A chunk: an item of manifest.json; end is exclusive, in bytes."""

    index: int
    start: int
    end: int

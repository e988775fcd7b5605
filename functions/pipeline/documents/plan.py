"""What Plan writes: request.json, plan.json and manifest.json."""

from typing import Any, Literal, NotRequired, TypedDict

from pipeline.notices import Notice
from pipeline.settings import Settings
from pipeline.vocabulary import TargetBy

Newline = Literal["\n", "\r"]


class ObjectVersion(TypedDict):
    """One version of an S3 object."""

    bucket: str
    key: str
    version_id: str | None
    size: int
    """Bytes; of what is to be read, without a footer."""


class DialectFacts(TypedDict):
    """How the bytes of a CSV are to be read; ``Dialect(**value)`` takes it."""

    delimiter: str
    quote: str
    newline: Newline
    skip_space: bool
    encoding: str
    escape: NotRequired[str]
    """A backslash, if one before a quote makes the quote part of the text."""


class Footer(TypedDict):
    """The last records of a file, which are no rows."""

    records: int
    texts: list[str]
    """Of the first of them."""


class MissingValues(TypedDict):
    """What the settings say stands for a missing value."""

    everywhere: list[str]
    columns: dict[str, list[str]]
    """By column, beside those; an empty list says that none does."""


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
    target_by: TargetBy
    time_index: int | None
    group_index: int | None
    content: NotRequired[list[int]]
    """Positions of the columns by which rows are copies of each other, identifiers among them."""
    missing_values: NotRequired[MissingValues]
    notices: list[Notice]
    header_records: NotRequired[list[list[str]]]
    """Texts of the header and of the lines under it that are no rows, wherever they recur."""
    number_columns: NotRequired[list[int]]
    """Positions of columns that are numbers in the first rows."""
    commented: NotRequired[str]
    """Pattern of the first field of a row that was commented out with a #."""
    footer: NotRequired[Footer]
    """What stands behind the bytes to read."""


class ChunkRange(TypedDict):
    """A chunk: an item of manifest.json; end is exclusive, in bytes."""

    index: int
    start: int
    end: int


class Request(TypedDict):
    """The drop that started a run, as it was found, and its settings."""

    run: str
    dataset: str
    bucket: str
    """Of the dropped object."""
    key: str
    settings: Settings
    keep_settings: NotRequired[str | None]
    """Key of settings that came with the drop, to become the dataset's."""
    version_id: NotRequired[str | None]
    etag: NotRequired[str]
    size: NotRequired[int]
    """Bytes."""
    last_modified: NotRequired[str]
    """ISO 8601."""
    execution: NotRequired[dict[str, Any]]
    """Step Functions' own words: name, id, started."""
    trigger: NotRequired[str]
    code_version: NotRequired[str]

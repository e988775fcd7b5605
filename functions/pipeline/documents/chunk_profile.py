"""chunks/profile-*.json: what a chunk holds, in a form that merges."""

from typing import Literal, NotRequired, TypedDict


class Ends(TypedDict):
    """Values at a column's ends that look like codes for a missing value."""

    codes: dict[str, int]
    """Each with its count."""
    between: list[float]
    """Least and most of all others, in the unit of the column; empty if there are none."""


class Numbers(TypedDict):
    """A column's numbers, as one style reads them."""

    count: int
    whole: int
    """How many of them are whole numbers."""
    min: float
    max: float
    mean: float
    ends: NotRequired[Ends]
    step: NotRequired[int]
    """If all are whole: the greatest whole number that divides all differences; 0 if all are
    equal."""


class Dates(TypedDict):
    """A column's dates, as one style reads them; in microseconds since 1970."""

    count: int
    min: int
    max: int
    clock: bool
    """Whether any has a time of day."""
    ends: NotRequired[Ends]


class Timeline(TypedDict):
    """Rows over time."""

    width: int
    """Buckets are 2**width ticks wide."""
    counts: list[list[int]]
    """[bucket, rows], in order."""


class Sketch(TypedDict):
    """Different values: each with its count, or, if they are many, their smallest hashes."""

    counts: NotRequired[dict[str, int]]
    hashes: NotRequired[list[int]]
    rows: NotRequired[list[int]]
    """How many rows have each of the hashes."""


class Repeats(TypedDict):
    """The smallest hashes of rows, in order, and how many rows have each."""

    hashes: list[int]
    counts: list[int]


class DateSpelling(TypedDict):
    """The smallest text of a date style's shape that it reads, and that it does not."""

    read: NotRequired[str]
    unread: NotRequired[str]


class Alike(TypedDict):
    """Texts that are dates or numbers to a person, and that no style reads."""

    count: int
    first: str
    """The smallest."""


class ColumnProfile(TypedDict):
    """What a column holds in some rows."""

    missing: int
    numbers: dict[str, Numbers]
    """By style: plain, pointed, grouped, comma, duration, span (one_unit among them), clock (am_pm
    among them)."""
    dates: dict[str, Dates]
    """By style."""
    values: Sketch
    longest: int
    """Characters."""
    shortest: NotRequired[int]
    infinite: NotRequired[int]
    prose: NotRequired[int]
    """Values of three words or more."""
    dots: NotRequired[bool]
    thousands: NotRequired[int]
    """Plain numbers whose point could part thousands."""
    long: NotRequired[int]
    """Whole numbers of more digits than a float holds."""
    other: NotRequired[list[str]]
    """Some values that are no numbers."""
    no_days: NotRequired[dict[str, int]]
    """What stands for a day that is not known (0000-00-00), with its counts."""
    date_spellings: NotRequired[dict[str, DateSpelling]]
    """By date style; of "" are the values that are of no style's shape."""
    like_dates: NotRequired[Alike]
    like_numbers: NotRequired[dict[str, Alike]]
    """By form: marked (10+, <1), pair (1-2, 2/3)."""
    texts: NotRequired[dict[str, int] | None]
    """Values that are no numbers, with their counts; None if they are many."""
    units: NotRequired[dict[str, Numbers] | None]
    """Numbers by the unit behind them; None if the units are many."""
    comma_units: NotRequired[dict[str, Numbers] | None]
    """The same, as decimal commas have them."""
    signs: NotRequired[dict[str, Numbers]]
    """Numbers that are no plain ones by the sign of a currency or per cent; "" is none."""
    timelines: NotRequired[dict[str, Timeline]]
    labelled: NotRequired["ColumnProfile"]
    """The same, of the rows that have a target."""
    labelled_as: NotRequired[dict[str, "ColumnProfile"]]
    """The same, of rows whose target is a spelling of missing that may be a class."""
    spelled: NotRequired[dict[str, int]]
    """Spellings of missing that may be answers, each with its count; of the target, all but empty
    fields."""


class Lines(TypedDict):
    """How many of something there are, and on which lines the first are."""

    count: int
    first: list[int]


class MergedProfile(TypedDict):
    """What some records hold, wherever they stand."""

    records: int
    rows: int
    """Records with as many fields as there are columns, but repeated headers."""
    bad: list[list[int]]
    """[line, fields] of the first records that are no rows."""
    cp1252: bool
    """Whether some of the bytes were no UTF-8, and read as CP1252."""
    columns: list[ColumnProfile]
    contents: NotRequired[Repeats]
    """By the fields that rows are compared by (plan.json)."""
    repeated: NotRequired[Repeats]
    """By these and the target."""
    repeated_headers: NotRequired[Lines]
    """Records that repeat the header."""
    commented: NotRequired[Lines]
    """Rows that were commented out."""
    other_headers: NotRequired[Lines]
    """Rows that look like the header of another table."""
    swallowed: NotRequired[Lines]
    """Lines that a quote takes into a record though they look like records; where those begin."""


class RowsProfile(MergedProfile):
    """What records of a chunk hold that follow one another."""

    clean: bool
    """Whether each line is known to be a record of the right width."""


FaultKind = Literal["nul", "unclosed", "too_long"]


class Fault(TypedDict):
    """Why a chunk cannot be read, and on which of its lines."""

    kind: FaultKind
    line: int


class ReadingProfile(TypedDict):
    """A chunk as read in one state at its beginning: outside quotes, or inside."""

    first: int
    end: int
    """Offsets in bytes of its first record, and behind its last."""
    ends_inside: bool
    fault: Fault | None
    head: RowsProfile | None
    """The records before both states agree."""


class ChunkProfile(TypedDict):
    """What Profile found in a chunk."""

    index: int
    lines: int
    outside: ReadingProfile
    inside: ReadingProfile
    body: RowsProfile | None
    """The records that both readings have."""

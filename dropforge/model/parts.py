"""A column's values by what they are: texts, numbers, dates, ... whatever container they lie in."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from dropforge.errors import RowsUnreadableError
from pipeline.wording import quoted, shorten

Kind = Literal["text", "number", "boolean", "date", "duration", "time", "missing"]


@dataclass(frozen=True)
class Part:
    """Values of one kind.

    Attributes
    ----------
    values : texts; numbers as the text of all their digits; Boolean; Datetime in UTC without a
        zone; seconds of durations as Float64; times of day as text. Null is missing.
    rows : their positions in the column (UInt32); None if they are all of it.
    """

    kind: Kind
    values: pl.Series
    rows: pl.Series | None = None


def parts_of(values: pl.Series | Sequence[Any], column: str) -> list[Part]:
    """Part a column's values by kind.

    Raises
    ------
    RowsUnreadableError
        A value is a list, bytes or the like, which no field of a CSV holds.
    """
    if isinstance(values, pl.Series):
        if values.dtype == pl.Object:
            return parts_of(values.to_list(), column)
        return [_typed(values, column)]
    return _mixed(values, column)


def _typed(values: pl.Series, column: str) -> Part:
    kind = values.dtype
    if isinstance(kind, pl.Categorical | pl.Enum):
        return Part("text", values.cast(pl.String))
    if kind == pl.String:
        return Part("text", values)
    if kind == pl.Null:
        return Part("missing", values.cast(pl.String))
    if kind == pl.Boolean:
        return Part("boolean", values)
    if kind.is_float():
        return Part("number", _digits(values))
    if kind.is_integer() or kind.is_decimal():
        return Part("number", values.cast(pl.String))
    if isinstance(kind, pl.Datetime):
        utc = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return Part("date", (utc if kind.time_zone else values).cast(pl.Datetime("us")))
    if kind == pl.Date:
        return Part("date", values.cast(pl.Datetime("us")))
    if isinstance(kind, pl.Duration):
        return Part("duration", values.dt.total_microseconds() / 1e6)
    if kind == pl.Time:
        return Part("time", values.cast(pl.String))
    raise _unreadable(column, str(kind).lower())


def _digits(values: pl.Series) -> pl.Series:
    """Write floats so that reading them gives the same float64; a float32 is the float64 it is.

    polars, as Python's repr, writes the fewest digits that are read as the same number again.
    """
    wide = values.cast(pl.Float64)
    return wide.set(wide.is_nan(), None).cast(pl.String)


def _mixed(values: Sequence[Any], column: str) -> list[Part]:
    """Part Python's values, which numpy's and pandas' are, too."""
    found: dict[Kind, tuple[list[int], list[Any]]] = {}
    for row, value in enumerate(values):
        kind, plain = _one(value, column)
        rows, kept = found.setdefault(kind, ([], []))
        rows.append(row)
        kept.append(plain)
    if not found:
        return [Part("missing", pl.Series(dtype=pl.String))]
    return [
        Part(
            kind,
            pl.Series(kept, dtype=_DTYPES[kind], strict=True),
            None if len(rows) == len(values) else pl.Series(rows, dtype=pl.UInt32),
        )
        for kind, (rows, kept) in found.items()
    ]


_DTYPES: dict[Kind, Any] = {
    "text": pl.String,
    "number": pl.String,
    "boolean": pl.Boolean,
    "date": pl.Datetime("us"),
    "duration": pl.Float64,
    "time": pl.String,
    "missing": pl.String,
}


def is_missing(value: Any) -> bool:
    """Tell None, NaN, NaT and pandas' NA, whichever library made it."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    try:
        return bool(value != value)  # NaN and NaT alone differ from themselves
    except (TypeError, ValueError, ArithmeticError):
        return False


def _one(value: Any, column: str) -> tuple[Kind, Any]:
    if isinstance(value, str):
        return "text", str(value)
    if hasattr(value, "dtype") and hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = _of_numpy(value)
    if is_missing(value):
        return "missing", None
    for kinds, read in _READERS:
        if isinstance(value, kinds):
            return read(value)
    raise _unreadable(column, type(value).__name__, value)


def _of_numpy(value: Any) -> Any:
    """Return a scalar of numpy as Python's; one of nanoseconds would become a plain number."""
    if value.dtype.kind in "mM":
        value = value.astype(f"{value.dtype.kind}8[us]")
    return value.item()


def _date(value: dt.date) -> tuple[Kind, Any]:
    if not isinstance(value, dt.datetime):
        return "date", dt.datetime(value.year, value.month, value.day)
    moment = value.astimezone(dt.UTC) if value.tzinfo else value
    # A Timestamp of pandas is a datetime, and has nanoseconds beside.
    moment = dt.datetime(*moment.timetuple()[:6], moment.microsecond)
    return "date", moment


_READERS: tuple[tuple[Any, Callable[[Any], tuple[Kind, Any]]], ...] = (
    (bool, lambda value: ("boolean", value)),
    ((int, Decimal), lambda value: ("number", str(value))),
    (float, lambda value: ("number", repr(float(value)))),
    (dt.date, _date),
    (dt.timedelta, lambda value: ("duration", value.total_seconds())),
    (dt.time, lambda value: ("time", value.replace(tzinfo=None).isoformat())),
)


def _unreadable(column: str, what: str, value: Any = None) -> RowsUnreadableError:
    shown = "" if value is None else f" ({shorten(repr(value))})"
    return RowsUnreadableError(
        f"column {quoted(column)} holds a value of type {what}{shown}; give texts, numbers, "
        f"booleans, dates or times, one a row, and None for a missing one"
    )

"""Encoding a table of strings with an encoder, the new model's or the champion's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from pipeline.documents.encoder import Encoder, Feature, TargetFacts, ValueTable
from table.encoding.categories import folded
from table.encoding.value_table import OF_TABLE, from_table
from table.values.dates import dates
from table.values.hashing import text_hash
from table.values.missing import present, stripped
from table.values.numbers import numbers, plain

# Digits that survive a float unchanged; longer texts are written as the float they are.
_SAFE_DIGITS = 17
_HASH_BITS = 8
_WORTH_THREADS = 20_000
_UNSEEN = -1


@dataclass(frozen=True)
class Encoded:
    """Features of rows.

    Attributes
    ----------
    features : one column a feature, in the encoder's order; null is missing.
    unknown : by column, values that the encoder can read nothing from.
    """

    features: pl.DataFrame
    unknown: dict[str, int] = field(default_factory=dict)


def encode_frame(frame: pl.DataFrame, columns: list[str], encoder: Encoder) -> Encoded:
    """Encode rows.

    Parameters
    ----------
    frame : strings, one column for each name in columns, in that order.
    columns : names in the file's order, which need not be the encoder's.
    """
    position = {name: number for number, name in enumerate(columns)}
    encoded: dict[str, pl.Series] = {}
    unknown: dict[str, int] = {}
    groups: dict[str, list[tuple[int, Feature]]] = {}
    for number, feature in enumerate(encoder["features"]):
        groups.setdefault(feature["column"], []).append((number, feature))

    def encoded_column(name: str) -> tuple[list[pl.Series], int]:
        values = present(frame.to_series(position[name]), name, encoder.get("missing_values"))
        table = encoder.get("tables", {}).get(name)
        return _with_table(values, [feature for _, feature in groups[name]], table)

    if len(frame) > _WORTH_THREADS:
        # polars lets go of Python's lock, so columns can share the processors.
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            results = dict(zip(groups, pool.map(encoded_column, groups), strict=True))
    else:
        results = {name: encoded_column(name) for name in groups}
    for name, members in groups.items():
        made, unread = results[name]
        if unread:
            unknown[name] = unread
        for (number, _), series in zip(members, made, strict=True):
            encoded[f"f{number}"] = series
    return Encoded(
        pl.DataFrame([encoded[f"f{n}"].alias(f"f{n}") for n in range(len(encoded))]), unknown
    )


def _with_table(
    values: pl.Series, features: list[Feature], table: ValueTable | None
) -> tuple[list[pl.Series], int]:
    """Encode a column some of whose features look it up in a table."""
    looked = [feature for feature in features if feature["encoding"] in OF_TABLE]
    if table is None or not looked:
        return _column(values, features)
    others = [feature for feature in features if feature["encoding"] not in OF_TABLE]
    found, unread = from_table(values, looked, table)
    made = [_is_missing(values)] if others else []
    if others and others[0]["encoding"] != "missing":
        made, unread = _column(values, others)
    rest, own = iter(made), iter(found)
    return [next(own if f["encoding"] in OF_TABLE else rest) for f in features], unread


def _column(values: pl.Series, features: list[Feature]) -> tuple[list[pl.Series], int]:
    """Encode a column into all of its features; count what could not be read."""
    first = features[0]
    kind = first["encoding"]
    if kind == "numeric":
        made, unread = _numeric(values, first["style"])
        if len(features) == 1:
            return [made], unread
        return [made, _is_missing(values)], unread
    if kind == "date":
        return _dated(values, features)
    if kind == "hash":
        hashes = by_unique(values, _hashed)
        read = [hashes // (1 << _HASH_BITS * f["slot"]) % (1 << _HASH_BITS) for f in features]
        unread = 0
    else:
        read, unread = _coded(values, features)
    if features[-1]["encoding"] == "missing":
        read.append(_is_missing(values))
    return read, unread


def _dated(values: pl.Series, features: list[Feature]) -> tuple[list[pl.Series], int]:
    unique = values.unique()
    text = stripped(unique)
    days = dates(text, features[0]["style"])
    numbered = pl.int_range(len(unique), dtype=pl.UInt32, eager=True)
    # Without a default, polars leaves an empty series the type that it had.
    which = values.replace_strict(unique, numbered, default=None, return_dtype=pl.UInt32)
    read = [
        (
            _date_part(days, feature["part"])
            if feature["encoding"] == "date"
            else text.is_null().cast(pl.Int8)
        ).gather(which)
        for feature in features
    ]
    unread = (days.is_null() & text.is_not_null()).gather(which)
    return read, int(unread.sum())


def by_unique(values: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Apply a function to each different value once, if that is less work."""
    unique = values.drop_nulls().unique()
    if len(unique) * 4 > len(values):
        return read(values)
    made = read(unique)
    return values.replace_strict(unique, made, default=None, return_dtype=made.dtype)


def _is_missing(values: pl.Series) -> pl.Series:
    return by_unique(values, lambda some: stripped(some).is_null().cast(pl.Int8)).fill_null(1)


def _numeric(values: pl.Series, style: str) -> tuple[pl.Series, int]:
    """Keep the text of a plain number, which is quicker and as exact as the file."""
    if style != "plain":
        values = stripped(values)
        read = numbers(values, style)
        return read, read.null_count() - values.null_count()
    read = plain(values)
    unread = 0
    if read.null_count():
        # Missing, or padded with blanks, or no number: only then does it pay to look closer.
        values = stripped(values)
        read = plain(values)
        unread = read.null_count() - values.null_count()
        values = values.set(read.is_null(), None) if unread else values
    if (values.str.len_bytes().max() or 0) > _SAFE_DIGITS:  # type: ignore[operator]
        short = (values.str.len_bytes() <= _SAFE_DIGITS).fill_null(value=True)
        values = values.zip_with(short, read.cast(pl.String))
    return values, unread


def _coded(values: pl.Series, features: list[Feature]) -> tuple[list[pl.Series], int]:
    """Encode categories.

    A value that was not there in training has no 1 among one-hot columns, as a missing
    one; it ranks behind all others by frequency; a boolean it makes missing.
    """
    first = features[0]
    kind = first["encoding"]
    if kind == "boolean":
        table = dict.fromkeys(first["false"], 0) | dict.fromkeys(first["true"], 1)
    elif kind == "one_hot":
        known = [f["category"] for f in features if f["encoding"] == "one_hot"]
        table = {category: number for number, category in enumerate(known)}
    else:
        table = {category: rank for rank, category in enumerate(first["categories"])}

    fold = first.get("folded", False)
    if fold:
        table = dict(zip(folded(pl.Series(list(table))), table.values(), strict=True))

    def code(some: pl.Series) -> pl.Series:
        text = stripped(some)
        text = folded(text) if fold else text
        found = text.replace_strict(table, default=_UNSEEN, return_dtype=pl.Int32)
        return found.set(text.is_null(), None)

    codes = by_unique(values, code)
    unseen = codes == _UNSEEN
    count = int(unseen.sum())
    if kind == "boolean":
        return [codes.set(unseen, None) if count else codes], count
    if kind == "frequency_rank":
        return [codes.set(unseen, len(table)) if count else codes], count
    return [(codes == n).fill_null(value=False).cast(pl.Int8) for n in range(len(table))], count


def _hashed(values: pl.Series) -> pl.Series:
    """Hash texts to 32 bits, the same everywhere and always; no target is looked at."""
    values = stripped(values)
    hashes = [None if text is None else text_hash(text, 0) % (1 << 32) for text in values]
    return pl.Series(hashes, dtype=pl.UInt32)


def _date_part(days: pl.Series, part: str) -> pl.Series:
    if part == "days":
        # Days since 1970; the clock's share is a feature of its own.
        return days.dt.epoch("d")
    parts = {
        "year": days.dt.year,
        "month": days.dt.month,
        "day": days.dt.day,
        "weekday": days.dt.weekday,
        "hour": days.dt.hour,
        "minute": days.dt.minute,
    }
    return parts[part]()


def encode_target(column: pl.Series, target: TargetFacts) -> pl.Series:
    """Encode the target.

    Returns
    -------
    Class index (UInt16) or regression value (Float64); null where there is none.
    """
    if target["task"] == "regression":
        return numbers(stripped(column), target["style"])
    # Spellings of missing are among the labels where they are classes.
    return by_unique(
        column,
        lambda some: some.str.strip_chars().replace_strict(
            target["labels"], default=None, return_dtype=pl.UInt16
        ),
    )

"""Encoding a table of strings with an encoder; training, the champion and scoring share it."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.errors import ColumnMismatchError
from prepare.encoder import Encoder
from prepare.notices import Notice, listed, notice
from prepare.split import text_hash
from prepare.values import dates, numbers, plain, stripped

# Digits that survive a float unchanged; longer texts are written as the float they are.
_SAFE_DIGITS = 17
_HASH_BITS = 8


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


def check_columns(encoder: Encoder, columns: list[str], file: str) -> list[Notice]:
    """Compare a file's columns with an encoder's; their order does not matter.

    Returns
    -------
    A warning if the file has columns that the encoder does not know.

    Raises
    ------
    ColumnMismatchError
        A column that the features need is missing; the message names it.
    """
    needed = list(dict.fromkeys(feature["column"] for feature in encoder["features"]))
    missing = [name for name in needed if name not in columns]
    added = [name for name in columns if name not in encoder["columns"]]
    if missing:
        also = f"; it has {listed(added)} instead" if added else ""
        raise ColumnMismatchError(
            f"{file} lacks {'column' if len(missing) == 1 else 'columns'} {listed(missing)} that "
            f"the model was trained on{also}; name its columns as in training: {listed(needed, 20)}"
        )
    if not added:
        return []
    text = f"{file} has {listed(added)}, which the model does not know; ignored."
    return [notice("added_columns", text)]


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
    groups: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, feature in enumerate(encoder["features"]):
        groups.setdefault(feature["column"], []).append((number, feature))
    for name, members in groups.items():
        values = stripped(frame.to_series(position[name]))
        made, unread = _column(values, [feature for _, feature in members])
        if unread:
            unknown[name] = unread
        for (number, _), series in zip(members, made, strict=True):
            encoded[f"f{number}"] = series
    return Encoded(
        pl.DataFrame([encoded[f"f{n}"].alias(f"f{n}") for n in range(len(encoded))]), unknown
    )


def _column(values: pl.Series, features: list[dict[str, Any]]) -> tuple[list[pl.Series], int]:
    """Encode a column into all of its features; count what could not be read."""
    kind = features[0]["encoding"]
    missing = values.null_count()
    if kind == "numeric":
        made = [_numeric(values, features[0]["style"])]
    elif kind == "boolean":
        words = dict.fromkeys(features[0]["false"], 0) | dict.fromkeys(features[0]["true"], 1)
        made = [values.replace_strict(words, default=None, return_dtype=pl.Int8)]
    elif kind == "one_hot":
        return _one_hot(values, features), 0
    elif kind == "frequency_rank":
        ranks = {value: rank for rank, value in enumerate(features[0]["categories"])}
        known = values.replace_strict(ranks, default=len(ranks), return_dtype=pl.Int32)
        made = [known.set(values.is_null(), None)]
    elif kind == "hash":
        made = _hashed(values, [feature["slot"] for feature in features])
    elif kind == "date":
        days = dates(values, features[0]["style"])
        made = [
            _date_part(days, feature["part"])
            for feature in features
            if feature["encoding"] == "date"
        ]
    else:
        made = []
    unread = made[0].null_count() - missing if made else 0
    if features[-1]["encoding"] == "missing":
        made.append(values.is_null().cast(pl.Int8))
    return made, unread


def _numeric(values: pl.Series, style: str) -> pl.Series:
    """Keep the text of a plain number, which is quicker and as exact as the file."""
    if style != "plain":
        return numbers(values, style)
    read = plain(values)
    if (values.str.len_bytes().max() or 0) > _SAFE_DIGITS:  # type: ignore[operator]
        short = values.str.len_bytes() <= _SAFE_DIGITS
        values = values.zip_with(short.fill_null(value=False), read.cast(pl.String))
    return values.set(read.is_null(), None) if read.null_count() > values.null_count() else values


def _one_hot(values: pl.Series, features: list[dict[str, Any]]) -> list[pl.Series]:
    """Make one 0/1 column a category; missing and unseen values are 0 in all."""
    known = {feature["category"]: number for number, feature in enumerate(features)}
    codes = values.replace_strict(known, default=-1, return_dtype=pl.Int16)
    return [(codes == number).cast(pl.Int8) for number in range(len(features))]


def _hashed(values: pl.Series, slots: list[int]) -> list[pl.Series]:
    """Make one number of 0 to 255 a slot from each value's hash; no target is looked at."""
    unique = values.drop_nulls().unique()
    hashes = [text_hash(text, 0) for text in unique]
    mask = (1 << _HASH_BITS) - 1
    return [
        values.replace_strict(
            unique,
            pl.Series([h >> (_HASH_BITS * slot) & mask for h in hashes], dtype=pl.Int16),
            default=None,
            return_dtype=pl.Int16,
        )
        for slot in slots
    ]


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


def encode_target(column: pl.Series, target: dict[str, Any]) -> pl.Series:
    """Encode the target.

    Returns
    -------
    Class index (UInt16) or regression value (Float64); null where there is none.
    """
    values = stripped(column)
    if target["task"] == "regression":
        return numbers(values, target["style"])
    return values.replace_strict(target["labels"], default=None, return_dtype=pl.UInt16)


def to_csv(frame: pl.DataFrame) -> bytes:
    """Write rows as SageMaker XGBoost reads them: no header, an empty field is missing."""
    return frame.write_csv(include_header=False, quote_style="never").encode()

"""Values of any type as texts that an encoder reads: numbers as plain ones, dates as ISO has them.

A number of a frame is no text of a file: 1.234 is no 1234, even if decimals were parted by commas
in training. So values are read here, each by its type, and the encoder gets texts that mean one
thing only. Texts are read as the encoder reads those of a file, and dates in ISO form besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from dropforge.model.parts import Part
from pipeline.documents.encoder import Encoder, Feature
from pipeline.documents.plan import MissingValues
from scoring.cells import known_values
from table.values.dates import dates
from table.values.durations import CLOCKED
from table.values.missing import present, stripped
from table.values.numbers import numbers, plain
from table.values.spellings import FALSE, TRUE

_ISO = "iso"
_WHOLE = r"^(-?[0-9]+)\.0$"
_ISO_FORMAT = "%Y-%m-%d %H:%M:%S%.6f"


@dataclass(frozen=True)
class Texts:
    """A column for `encode_frame`, with the encoder that `reading_texts` returns.

    Attributes
    ----------
    values : null where a value is missing or cannot be read.
    stray : whether a value is there and says nothing to the model: no number or date where it
        reads some, or a category that training did not have.
    """

    values: pl.Series
    stray: pl.Series


def reading_texts(encoder: Encoder) -> Encoder:
    """Return the encoder that reads what `texts_of` writes as the given one reads a file."""
    styles = {"numeric": "plain", "date": _ISO}
    features: list[Feature] = [
        {**feature, "style": styles[feature["encoding"]]} if "style" in feature else feature
        for feature in encoder["features"]
    ]
    made: Encoder = {**encoder, "features": features}
    # What the settings call missing is looked for in what was given, and not once more.
    made.pop("missing_values", None)
    return made


def texts_of(
    parts: Sequence[Part], features: Sequence[Feature], missing: MissingValues | None
) -> Texts:
    """Write a column for the encoder.

    Parameters
    ----------
    features : the column's, of the encoder as it was trained.
    missing : what the settings say stands for a missing value.
    """
    first, known = features[0], list[str]()
    if first["encoding"] == "numeric":
        read = partial(_number, style=first["style"])
    elif first["encoding"] == "date":
        read = partial(_date, style=first["style"])
    else:
        known = known_values(features)
        read = partial(_word, known=known)
    made = []
    for part in parts:
        values = part.values
        if part.kind in ("text", "number"):
            values = stripped(present(values, first["column"], missing))
        elif part.kind == "missing":
            made.append(Texts(values, values.is_not_null()))
            continue
        texts = read(Part(part.kind, values))
        found = texts.is_in(known) if known else texts.is_not_null()
        made.append(Texts(texts, values.is_not_null() & ~found.fill_null(value=False)))
    return _together(parts, made)


def _together(parts: Sequence[Part], made: Sequence[Texts]) -> Texts:
    if len(parts) == 1 and parts[0].rows is None:
        return made[0]
    size = sum(len(texts.values) for texts in made)
    whole = _nothing(size)
    stray = pl.repeat(value=False, n=size, dtype=pl.Boolean, eager=True)
    for part, texts in zip(parts, made, strict=True):
        if part.rows is not None:
            whole = whole.scatter(part.rows, texts.values)
            stray = stray.scatter(part.rows, texts.stray)
    return Texts(whole, stray)


def _number(part: Part, style: str) -> pl.Series:
    """Read a column of numbers."""
    values, kind = part.values, part.kind
    if kind == "text" or (kind == "time" and style in CLOCKED):
        return numbers(values, style).cast(pl.String)
    if kind == "number" and style not in CLOCKED:
        return values.set(plain(values).is_null(), None)
    if kind == "boolean" and style not in CLOCKED:
        return values.cast(pl.Int8).cast(pl.String)
    # Durations are seconds; "clock" is a time of day.
    if kind == "duration" and style in ("duration", "span"):
        return values.cast(pl.String)
    return _nothing(len(values))


def _date(part: Part, style: str) -> pl.Series:
    """Read a column of dates: as those of training were written, else as ISO has them."""
    values, kind = part.values, part.kind
    if kind == "date":
        read = values
    elif kind == "text":
        read = dates(values, style)
        if read.null_count() > values.null_count():
            read = read.fill_null(dates(values, _ISO))
    elif kind == "number":
        # 20240131, or seconds since 1970, if dates were written so.
        read = dates(values.str.replace(_WHOLE, "$1"), style)
    else:
        return _nothing(len(values))
    return read.dt.to_string(_ISO_FORMAT)


def _word(part: Part, known: Sequence[str]) -> pl.Series:
    """Write the text that stood for a value in training; of categories, one that is known."""
    values, kind = part.values, part.kind
    if kind == "number":
        return _named(values, known)
    if kind == "boolean":
        words = {True: _truth(known, TRUE, "True", "1"), False: _truth(known, FALSE, "False", "0")}
        return values.replace_strict(words, default=None, return_dtype=pl.String)
    if kind == "date":
        texts = values.dt.to_string("%Y-%m-%d %H:%M:%S")
        return texts.str.replace(" 00:00:00$", "")
    return values.cast(pl.String)


def _named(values: pl.Series, known: Sequence[str]) -> pl.Series:
    """Write numbers as the category that is that number: 1 and 1.0 are "1", or "01" if that is all.

    Programs read 01 as 1, and 1 as 1.0 where another value is missing.
    """
    of_number: dict[float, list[str]] = {}
    for name, number in zip(known, plain(pl.Series(known, dtype=pl.String)), strict=True):
        if number is not None:
            of_number.setdefault(number, []).append(name)
    unique = values.drop_nulls().unique()
    short = unique.str.replace(_WHOLE, "$1")
    names = {}
    for text, whole, number in zip(unique, short, plain(unique), strict=True):
        same = of_number.get(number, [])
        if text in same or whole in same:
            names[text] = text if text in same else whole
        else:
            names[text] = same[0] if len(same) == 1 else whole
    return values.replace_strict(names, default=None, return_dtype=pl.String)


def _truth(known: Sequence[str], words: frozenset[str], usual: str, digit: str) -> str:
    """Return the category that says true, or false."""
    found = [name for name in known if name.lower() in words]
    if usual in found or not found:
        return digit if digit in known and not found else usual
    return min(found, key=lambda name: name.lower() != usual.lower())


def _nothing(size: int) -> pl.Series:
    return pl.repeat(None, size, dtype=pl.String, eager=True)

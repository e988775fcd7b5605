"""The lines of very many predictions of two classes at once: those that each row makes alone.

NumPy's logarithms and exponentials differ from Python's in the last bits. They do here, as the
table has seven digits: a row whose digits or class may hang on those bits is read again alone.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from dropforge.client.runs.spreadsheet import as_text
from scoring.calibrated import calibrated
from scoring.words import Words

_PLAIN = b"0123456789+-.eE\n"
_END = "$"
"""Of each line, as a cell of its own: polars fills lines that are too short."""
_ODDS = 40
"""More than the log odds that any probability has once it is clipped (scoring.decision.LEAST)."""
_MOST = 1e3
"""Of the terms of a correction, whose last bits then make less than 1e-12 of a probability."""
_NEAR = 1e-10
"""How near to the threshold a probability may lie on either side of it."""
_FIXED = (1.1e-4, 0.999999)
"""Between these a number of seven digits is written as ``0.`` and digits."""
_SCALES = np.array([1e7, 1e8, 1e9, 1e10])
_UNSURE = 1e-4
"""Of the last digit, how near to a half what is known to 1e-12 may be rounded either way."""

_Numbers = npt.NDArray[np.float64]
_Rows = npt.NDArray[np.bool_]


def lines_of_two(words: Words, truth: bytes, predictions: bytes, columns: int) -> bytes | None:
    """Return the lines of a part; None if it is not that plain, or damaged.

    Parameters
    ----------
    truth : lines of row number, label and identifiers, without a header.
    predictions : of batch transform, each line the probability of class 1.
    columns : that truth has.
    """
    # Damage that no decoder takes is raised as row by row.
    truth.decode()
    decision = words.decision
    if any(mark in truth for mark in (b'"', b"\r")) or predictions.translate(None, _PLAIN):
        return None
    if abs(decision.slope) * _ODDS + abs(decision.intercept) > _MOST:
        return None
    if any("\r" in name for name in words.classes):
        return None
    cells = _cells(truth, columns)
    lines = _cells(predictions, 1)
    if cells is None or lines is None or len(cells[0]) != len(lines[0]):
        return None
    actual = cells[1].replace_strict(["0", "1"], list(map(as_text, words.classes)), default=None)
    try:
        positive = lines[0].cast(pl.Float64).to_numpy()
    except pl.exceptions.InvalidOperationError:
        return None
    if actual.null_count() or not np.isfinite(positive).all():
        return None
    given = [_as_texts(cells[number]) for number in (0, *range(2, columns))]
    found = [*given, actual, *_said(words, positive, lines[0])]
    table = pl.DataFrame({str(number): column for number, column in enumerate(found)})
    return table.write_csv(include_header=False, quote_style="necessary").encode()


def _cells(lines: bytes, columns: int) -> list[pl.Series] | None:
    """Return the columns of some lines, nothing for an empty cell; None if lines differ."""
    ended = (lines if lines.endswith(b"\n") else lines + b"\n").replace(
        b"\n", f",{_END}\n".encode()
    )
    names = map(str, range(columns + 1))
    try:
        table = pl.read_csv(
            ended, has_header=False, schema=dict.fromkeys(names, pl.String), quote_char=None
        )
    except pl.exceptions.ComputeError:
        return None
    *found, ends = table.get_columns()
    return found if len(ends) and (ends == _END).fill_null(value=False).all() else None


def _as_texts(cells: pl.Series) -> pl.Series:
    # Most columns of identifiers; a formula begins with another character.
    if not cells.str.contains("^[^0-9A-Za-z]").any():
        return cells
    return pl.Series([cell and as_text(cell) for cell in cells], dtype=pl.String)


def _said(words: Words, positive: _Numbers, lines: pl.Series) -> list[pl.Series]:
    """Return the columns that `Words.fields` fills for two classes, without the second."""
    decision = words.decision
    no, yes = map(as_text, words.classes)
    corrected = calibrated(decision, positive)
    is_yes = pl.Series(corrected >= decision.threshold)
    are_sure: _Rows = (positive > _FIXED[0]) & (positive < _FIXED[1])
    if decision.corrects:
        positive, are_sure = _seven_digits(corrected)
        are_sure &= np.abs(corrected - decision.threshold) > _NEAR
    other, are_others_sure = _seven_digits(1 - positive)
    predicted = pl.select(pl.when(is_yes).then(pl.lit(yes)).otherwise(pl.lit(no))).to_series()
    found = [predicted, *(pl.Series(numbers).cast(pl.String) for numbers in (other, positive))]
    alone = np.flatnonzero(~(are_sure & are_others_sure))
    if not alone.size:
        return found
    fields = words.fields()
    rows = [fields(line) for line in lines.gather(alone)]
    chosen = [as_text(row[0]) for row in rows]
    again: list[Any] = [chosen, [row[2] for row in rows], [row[3] for row in rows]]
    return [column.scatter(alone, texts) for column, texts in zip(found, again, strict=True)]


def _seven_digits(numbers: _Numbers) -> tuple[_Numbers, _Rows]:
    """Round to seven digits; and tell which are so for sure, and written without an exponent.

    Parameters
    ----------
    numbers : (rows,), from 0 to 1, known to 1e-12 of themselves at least.
    """
    zeros = (numbers < 0.1).astype(np.intp) + (numbers < 0.01) + (numbers < 0.001)
    scaled = numbers * _SCALES[zeros]
    rounded = np.rint(scaled)
    are_sure = (np.abs(scaled - rounded) < 0.5 - _UNSURE) & (rounded < 1e7)
    are_sure &= (numbers > _FIXED[0]) & (numbers < _FIXED[1])
    return rounded / _SCALES[zeros], are_sure

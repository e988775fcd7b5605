"""Joins the predictions of a run's test rows with the truth, as one table for people.

People open the table in a spreadsheet, which runs a cell as a formula if it begins with
one of a few characters, quoted or not (OWASP, CSV Injection). Such a text gets an
apostrophe in front, which makes it text there; `as_it_was` takes it off again.
"""

import csv
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from dropforge.client.runs.plain_csv import Columns, columns_of, write_columns
from dropforge.errors import PredictionsUnreadableError
from pipeline.documents.encoder import Encoder
from scoring.decision import Decision
from scoring.words import Words

_FORMULA = re.compile(r"'*(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])")
r"""What a spreadsheet may run: = + - @, their full-width forms, and what it drops before them.

Apostrophes before it count too: one more keeps what has one already apart from what got one.
"""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

_AT_ONCE = 20_000
"""Rows that are written at once; for fewer NumPy is not worth its loading."""


@dataclass(frozen=True)
class Target:
    """What is predicted, beside what was true."""

    words: Words

    @classmethod
    def of_encoder(cls, encoder: Encoder, decision: Decision | None = None) -> "Target":
        """Read it from a run's encoder.json."""
        return cls(Words.of_target(encoder["target"], decision))

    def header(self) -> list[str]:
        """Return the names of the columns that `cells` fills."""
        columns = self.words.columns
        return ["actual", columns[0], *columns[2:]]

    def cells(self, truth: str, predicted: str) -> list[str]:
        """Return actual value, prediction and probabilities of a row.

        Parameters
        ----------
        truth : a number; the class index unless this is a regression.
        predicted : a line of batch transform: a value, the probability of class 1,
            or in multiclass a list of probabilities.

        Raises
        ------
        ValueError, IndexError
            One of them is no such thing.
        """
        fields = self._fields(predicted)
        # The probability of the predicted class is among those of all.
        return [self.actual(truth), fields[0], *fields[2:]]

    @functools.cached_property
    def _fields(self) -> Callable[[str], list[str]]:
        return self.words.fields()

    @functools.cached_property
    def actual(self) -> Callable[[str], str]:
        """Return what names a row's true value: the class of an index, or the number."""
        classes = self.words.classes
        if not classes:
            return lambda truth: truth
        return functools.cache(lambda truth: classes[int(float(truth))])


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text, or for a number if it is one."""
    # Nearly all cells; a formula begins with none of these.
    if cell[:1].isalnum() or _NUMBER.fullmatch(cell) or not _FORMULA.match(cell):
        return cell
    return f"'{cell}"


def as_it_was(cell: str) -> str:
    """Return what `as_text` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write_table(target: Target, parts: Iterable[tuple[str, TextIO, TextIO]], out: TextIO) -> int:
    """Write the table of all parts.

    Parameters
    ----------
    parts : of each its name, its truth (CSV: row, label and the id columns) and its
        predictions, a line a row.

    Returns
    -------
    Number of rows written.

    Raises
    ------
    PredictionsUnreadableError
        A part's truth and predictions differ in their number of rows, or a line
        is no prediction.
    """
    writer = csv.writer(out, lineterminator="\n")
    count, wrote_header = 0, False
    for name, truth, predictions in parts:
        identifiers = next(csv.reader(truth))[2:]
        if not wrote_header:
            writer.writerow(map(as_text, ["row", *identifiers, *target.header()]))
            wrote_header = True
        count += _write_part(target, name, truth, predictions, out)
    return count


def _write_part(target: Target, name: str, truth: TextIO, predictions: TextIO, out: TextIO) -> int:
    """Write some rows at a time; return how many."""
    writer = csv.writer(out, lineterminator="\n")
    lines, seen = filter(str.strip, predictions), 0
    while labels := list(itertools.islice(truth, _AT_ONCE)):
        columns = _columns(name, labels, truth)
        rows = len(columns[0])
        given = list(itertools.islice(lines, rows))
        is_worth_it = len(given) == rows and (seen > 0 or rows == _AT_ONCE)
        table = _all_at_once(target, columns, given) if is_worth_it else None
        if table:
            write_columns(table, out)
        else:
            writer.writerows(_one_by_one(target, name, zip(*columns, strict=True), given))
        seen += len(given)
        if len(given) < rows:
            raise PredictionsUnreadableError(
                f"{name} has {seen} predictions, but more test rows; the run's data is damaged"
            )
    if next(lines, None) is not None:
        raise PredictionsUnreadableError(
            f"{name} has more predictions than test rows; the run's data is damaged"
        )
    return seen


def _columns(name: str, lines: Sequence[str], more: Iterator[str]) -> Columns:
    columns = columns_of(lines)
    if columns is None:
        # A cell in quotes may go on in the lines that follow.
        records = csv.reader(itertools.chain(lines, more))
        try:
            columns = list(zip(*itertools.islice(records, len(lines)), strict=True))
        except ValueError as error:
            raise PredictionsUnreadableError(
                f"{name} has test rows of different lengths; the run's data is damaged"
            ) from error
    return columns


def _all_at_once(target: Target, columns: Columns, lines: Sequence[str]) -> Columns | None:
    """Return columns of the table; None if there is another way only, or an error to be told."""
    words = target.words
    if words.task != "binary":
        return None
    # It takes longer to load than a small table to write.
    from dropforge.client.runs.many_predictions import columns_of_two

    try:
        named = replace(words, classes=list(map(as_text, words.classes)))
        actual = list(map(Target(named).actual, columns[1]))
        given = map(_as_texts, (columns[0], *columns[2:]))
        return [*given, actual, *columns_of_two(named, lines)]
    except (ValueError, IndexError):
        return None


def _as_texts(cells: Sequence[str]) -> Sequence[str]:
    # Most columns of identifiers; a formula has other characters.
    return cells if "".join(cells).isalnum() else list(map(as_text, cells))


def _one_by_one(
    target: Target, name: str, rows: Iterable[Sequence[str]], lines: Iterable[str]
) -> Iterator[Iterable[str]]:
    for record, line in zip(rows, lines, strict=False):
        try:
            cells = target.cells(record[1], line)
        except (ValueError, IndexError, TypeError) as error:
            raise PredictionsUnreadableError(
                f"{name}: {line.strip()[:80]!r} is no prediction for row {record[0]}: {error}"
            ) from error
        yield map(as_text, [record[0], *record[2:], *cells])

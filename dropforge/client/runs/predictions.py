"""Joins the predictions of a run's test rows with the truth, as one table for people.

People open the table in a spreadsheet, which runs a cell as a formula if it begins with
one of a few characters, quoted or not (OWASP, CSV Injection). Such a text gets an
apostrophe in front, which makes it text there; `as_it_was` takes it off again.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from dropforge.errors import PredictionsUnreadableError
from pipeline.documents.encoder import Encoder
from scoring.decision import Decision
from scoring.words import Words

_FORMULA = re.compile(r"'*(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])")
r"""What a spreadsheet may run: = + - @, their full-width forms, and what it drops before them.

Apostrophes before it count too: one more keeps what has one already apart from what got one.
"""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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
        return ["actual", *self._kept(self.words.columns)]

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
        fields = self._kept(self.words.fields()(predicted))
        actual = self.words.classes[int(float(truth))] if self.words.classes else truth
        return [actual, *fields]

    def _kept(self, fields: list[str]) -> list[str]:
        # The probability of the predicted class is among those of all.
        return [fields[0], *fields[2:]]


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text, or for a number if it is one."""
    if _NUMBER.fullmatch(cell) or not _FORMULA.match(cell):
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
    rows, wrote_header = 0, False
    for name, truth, predictions in parts:
        records = csv.reader(truth)
        identifiers = next(records)[2:]
        if not wrote_header:
            writer.writerow(map(as_text, ["row", *identifiers, *target.header()]))
            wrote_header = True
        for record, line in _pairs(name, records, predictions):
            try:
                cells = target.cells(record[1], line)
            except (ValueError, IndexError, TypeError) as error:
                raise PredictionsUnreadableError(
                    f"{name}: {line.strip()[:80]!r} is no prediction for row {record[0]}: {error}"
                ) from error
            writer.writerow(map(as_text, [record[0], *record[2:], *cells]))
            rows += 1
    return rows


def _pairs(
    name: str, records: Iterator[list[str]], predictions: TextIO
) -> Iterator[tuple[list[str], str]]:
    lines = (line for line in predictions if line.strip())
    for row, record in enumerate(records):
        line = next(lines, None)
        if line is None:
            raise PredictionsUnreadableError(
                f"{name} has {row} predictions, but more test rows; the run's data is damaged"
            )
        yield record, line
    if next(lines, None) is not None:
        raise PredictionsUnreadableError(
            f"{name} has more predictions than test rows; the run's data is damaged"
        )

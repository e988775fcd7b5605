"""Joins the predictions of a run's test rows with the truth, as one table for people.

Texts are as a spreadsheet takes them for texts (dropforge.client.runs.spreadsheet).
"""

import csv
import functools
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TextIO

from dropforge.client.runs.spreadsheet import as_text
from dropforge.errors import PredictionsUnreadableError
from pipeline.documents.encoder import Encoder
from scoring.decision import Decision
from scoring.words import Words

_MANY = 512 * 1024
"""Bytes of a part that are written at once; for fewer NumPy is not worth its loading."""


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


def write_table(target: Target, parts: Iterable[tuple[str, bytes, bytes]], out: IO[bytes]) -> None:
    """Write the table of all parts.

    Parameters
    ----------
    parts : of each its name, its truth (CSV: row, label and the id columns) and its
        predictions, a line a row.

    Raises
    ------
    PredictionsUnreadableError
        A part's truth and predictions differ in their number of rows, or a line
        is no prediction.
    """
    text = io.TextIOWrapper(out, "utf-8", newline="")
    writer, wrote_header = csv.writer(text, lineterminator="\n"), False
    for name, truth, predictions in parts:
        rows = io.TextIOWrapper(io.BytesIO(truth), "utf-8", newline="")
        header = next(csv.reader(rows))
        if not wrote_header:
            writer.writerow(map(as_text, ["row", *header[2:], *target.header()]))
            wrote_header = True
        at_once = _all_at_once(target, header, truth, predictions)
        if at_once is None:
            writer.writerows(_one_by_one(target, name, len(header), rows, predictions))
        else:
            text.flush()
            out.write(at_once)
    # It is not the wrapper's to close.
    text.detach()


def _all_at_once(
    target: Target, header: Sequence[str], truth: bytes, predictions: bytes
) -> bytes | None:
    """Return a part's lines; None if there is another way only, or an error to be told."""
    if target.words.task != "binary" or len(truth) < _MANY:
        return None
    # It takes longer to load than a small table to write.
    from dropforge.client.runs.many_predictions import lines_of_two

    # A header with a line's end in it leaves a quote behind, which is not plain.
    body = truth[truth.find(b"\n") + 1 :]
    return lines_of_two(target.words, body, predictions, len(header))


def _one_by_one(
    target: Target, name: str, columns: int, truth: TextIO, predictions: bytes
) -> Iterator[Iterable[str]]:
    """Yield a part's rows."""
    lines = filter(str.strip, io.TextIOWrapper(io.BytesIO(predictions), "utf-8"))
    for seen, record in enumerate(csv.reader(truth)):
        line = next(lines, None)
        if line is None:
            raise PredictionsUnreadableError(
                f"{name} has {seen} predictions, but more test rows; the run's data is damaged"
            )
        if len(record) != columns:
            raise PredictionsUnreadableError(
                f"{name} has test rows of different lengths; the run's data is damaged"
            )
        try:
            cells = target.cells(record[1], line)
        except (ValueError, IndexError, TypeError) as error:
            raise PredictionsUnreadableError(
                f"{name}: {line.strip()[:80]!r} is no prediction for row {record[0]}: {error}"
            ) from error
        yield map(as_text, [record[0], *record[2:], *cells])
    if next(lines, None) is not None:
        raise PredictionsUnreadableError(
            f"{name} has more predictions than test rows; the run's data is damaged"
        )

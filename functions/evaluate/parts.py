"""Read the text of truth and prediction parts into arrays, or say what is wrong with it."""

import io
from collections.abc import Iterable

import numpy as np

from evaluate.measures import Floats
from pipeline.errors import PredictionCountError, PredictionValueError

_BRACKETS = b"[] \r"
_REMEDY = {
    "regression": 'a regression needs an objective that predicts values, as "reg:squarederror"',
    "binary": 'a binary task needs probabilities; set the objective to "binary:logistic"',
    "multiclass": 'a multiclass task needs probabilities; set the objective to "multi:softprob"',
}


def read_truth(body: bytes) -> tuple[Floats, Floats]:
    """Read the row numbers and labels of a truth part.

    Parameters
    ----------
    body : CSV with the header ``row,label`` and id columns after it.

    Returns
    -------
    Row numbers in the dropped file, from 1, and labels; (rows,) each.
    """
    table = np.loadtxt(
        io.BytesIO(body),
        delimiter=",",
        skiprows=1,
        usecols=(0, 1),
        quotechar='"',
        comments=None,
        ndmin=2,
        encoding="utf-8",
    )
    return table[:, 0], table[:, 1]


def read_predictions(body: bytes, name: str, task: str, rows: int, width: int) -> Floats:
    """Read a transform job's output for one part.

    Parameters
    ----------
    body : a prediction a line; in a multiclass task a list such as ``[0.1, 0.7, 0.2]``.
    name : the file, for messages.
    rows : how many predictions there must be.
    width : how many numbers a line has; the number of classes in a multiclass task, else 1.

    Returns
    -------
    (rows,), or (rows, width) in a multiclass task.

    Raises
    ------
    PredictionCountError
        There are more or fewer lines than rows.
    PredictionValueError
        A line is not what the task needs; the message gives the line.
    """
    lines = body.count(b"\n") + (not body.endswith(b"\n") and bool(body))
    if lines != rows:
        raise PredictionCountError(
            f"{name} has {lines:,} predictions, but the test part has {rows:,} rows; nothing was "
            f"judged: look at the transform job's log, then drop the file again"
        )
    plain = body.translate(None, _BRACKETS)
    try:
        table = np.loadtxt(io.BytesIO(plain), delimiter=",", comments=None, ndmin=2)
    except ValueError as error:
        raise _bad_line(body, name, task, width) from error
    if table.shape != (rows, width) or not np.isfinite(table).all():
        raise _bad_line(body, name, task, width)
    if task != "regression" and not (table.min() >= 0 and table.max() <= 1):
        raise _bad_line(body, name, task, width)
    return table if task == "multiclass" else table[:, 0]


def _bad_line(body: bytes, name: str, task: str, width: int) -> PredictionValueError:
    bad = [
        (number, line)
        for number, line in enumerate(body.decode("utf-8", "replace").splitlines(), 1)
        if not _fits(line, task, width)
    ]
    number, line = bad[0] if bad else (1, "")
    shown = line if len(line) <= 60 else f"{line[:57]}..."
    wanted = f"a list of {width} probabilities" if task == "multiclass" else "one finite number"
    return PredictionValueError(
        f"line {number:,} of {name} is {shown!r}, not {wanted} ({max(len(bad), 1):,} such lines); "
        f"{_REMEDY[task]}"
    )


def _fits(line: str, task: str, width: int) -> bool:
    try:
        numbers = [float(text) for text in line.translate(str.maketrans("", "", "[] ")).split(",")]
    except ValueError:
        return False
    sound = len(numbers) == width and all(map(np.isfinite, numbers))
    return sound and (task == "regression" or all(0 <= number <= 1 for number in numbers))


def join_parts(parts: Iterable[Floats]) -> Floats:
    """Concatenate parts in their order."""
    return np.concatenate(list(parts))

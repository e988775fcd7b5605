"""Read the text of truth and prediction parts into arrays, or say what is wrong with it."""

import csv
import io
import re
import sys
from array import array
from collections.abc import Iterable

import numpy as np

from evaluate.metrics.measures import Floats
from pipeline.documents import kinds
from pipeline.errors import PredictionCountError, PredictionValueError
from pipeline.wording import counted

_NUMBER = re.compile(rb"[ \t]*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[ \t]*")
# An id column's value may be as long as a record; for Python's csv module 128 KiB are the most.
csv.field_size_limit(kinds.LINE_LIMIT)
_WRITTEN = re.compile(rb"\S")
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r?\n")
_MOST_BAD = 100_000
"""Lines that are counted; how many more there are helps nobody."""
_SHOWN_BYTES = 400
_SUM_SLACK = 1e-3
"""How far a row's probabilities, as 32 bit floats in decimals, may be from adding up to 1."""
_REMEDY = {
    "regression": 'a regression needs values; set the objective to "reg:squarederror"',
    "binary": 'a binary task needs probabilities; set the objective to "binary:logistic"',
    "multiclass": 'a multiclass task needs probabilities; set the objective to "multi:softprob"',
}


def read_truth(
    body: bytes, name: str, classes: int, most: int = sys.maxsize
) -> tuple[Floats, Floats]:
    """Read the row numbers and labels of a truth part.

    Parameters
    ----------
    body : CSV with the header ``row,label`` and id columns after it.
    name : the file, for messages.
    classes : how many the target has; 0 in a regression.
    most : rows that there can be; what comes after is not read.

    Returns
    -------
    Row numbers in the dropped file, from 1, and labels; (rows,) each.

    Raises
    ------
    PredictionValueError
        A label is no finite number, or no index of a class; the message gives the line.
    """
    begin = _header_end(body)
    if not _WRITTEN.search(body, begin):
        return np.empty(0), np.empty(0)
    rows = io.BytesIO(body)
    rows.seek(begin)
    try:
        table = np.loadtxt(
            rows,
            # numpy makes room for as many as it is told.
            max_rows=min(most, body.count(b"\n", begin) + 1) + 1,
            delimiter=",",
            usecols=(0, 1),
            quotechar='"',
            comments=None,
            ndmin=2,
            encoding="utf-8",
        )
    except ValueError as error:
        raise _bad_label(body, name, classes) from error
    numbers, labels = table[:, 0], table[:, 1]
    if not (np.isfinite(table).all() and _are_labels(labels, classes)):
        raise _bad_label(body, name, classes)
    return numbers, labels


def _header_end(body: bytes) -> int:
    """Return where the first record ends; an id column's name may hold line breaks."""
    end = body.find(b"\n")
    quotes, counted_to = 0, 0
    while end >= 0:
        quotes += body.count(b'"', counted_to, end)
        if quotes % 2 == 0:
            return end + 1
        counted_to, end = end, body.find(b"\n", end + 1)
    return len(body)


def _are_labels(labels: Floats, classes: int) -> bool:
    if not classes:
        return True
    return bool(((labels >= 0) & (labels < classes) & (labels == np.floor(labels))).all())


def _bad_label(body: bytes, name: str, classes: int) -> PredictionValueError:
    # Line by line, as a file of a few hundred MiB would be several times that as text.
    text = io.TextIOWrapper(io.BytesIO(body), "utf-8", "replace", newline="")
    records = csv.reader(text)
    try:
        next(records)
        first = (record[:2] for record in records if record and not _is_labelled(record, classes))
        found = next(first, [])
    except csv.Error as error:
        found = [str(error)]
    wanted = f"the index of one of {classes:,} classes" if classes else "a finite number"
    return PredictionValueError(
        f"line {records.line_num:,} of {name} begins with {','.join(found)[:60]!r}, not with a row "
        f"number and a label ({wanted}); the file is not as it was written: drop yours again"
    )


def _is_labelled(record: list[str], classes: int) -> bool:
    fields = [text.encode() for text in record[:2]]
    if len(fields) < 2 or not all(map(_NUMBER.fullmatch, fields)):
        return False
    values = np.array([float(field) for field in fields])
    return bool(np.isfinite(values).all()) and _are_labels(values[1:], classes)


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
    # AssembleWith: Line may put an empty line behind the answer to each request.
    if _EMPTY_LINE.search(body):
        body = b"".join(line for line in io.BytesIO(body) if line.strip(b"\r\n"))
    lines = body.count(b"\n") + (not body.endswith(b"\n") and bool(body))
    if lines != rows:
        raise PredictionCountError(
            f"{name} has {counted(lines, 'prediction')}, but the test part has "
            f"{counted(rows, 'row')}; nothing was judged: look at the log of what "
            f"predicted (dropforge logs RUN), then drop the file again"
        )
    table = _parsed(body)
    if table is None or table.shape != (rows, width) or not _are_sound(table, task):
        table = _by_line(body, name, task, width)
    return table if task == "multiclass" else table[:, 0]


def _parsed(body: bytes) -> Floats | None:
    """Read well-formed lines at once; None if it takes a look at each."""
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
    if b"[" in body or b"]" in body:
        if not _brackets_enclose_lines(body):
            return None
        body = body.translate(None, b"[]")
    try:
        return np.loadtxt(io.BytesIO(body), delimiter=",", comments=None, ndmin=2)
    except ValueError:
        return None


def _brackets_enclose_lines(body: bytes) -> bool:
    codes = np.frombuffer(b"\n%b\n" % body, np.uint8)
    opening, closing = (np.flatnonzero(codes == ord(bracket)) for bracket in "[]")
    before, after = codes[opening - 1], codes[closing + 1]
    return opening.size == closing.size and bool(
        (before == ord("\n")).all() and (after == ord("\n")).all()
    )


def _are_sound(table: Floats, task: str) -> bool:
    if not np.isfinite(table).all():
        return False
    if task == "regression":
        return True
    sums = table.sum(axis=1) if task == "multiclass" else np.ones(1)
    return bool(table.min() >= 0 and table.max() <= 1 and np.abs(sums - 1).max() <= _SUM_SLACK)


def _by_line(body: bytes, name: str, task: str, width: int) -> Floats:
    """Read line by line what could not be read at once, or name the first line that is wrong."""
    values, first = array("d"), b""
    bad: list[int] = []
    for index, line in enumerate(io.BytesIO(body)):
        content = line.removesuffix(b"\n").removesuffix(b"\r")
        numbers = _numbers(content, task, width)
        if numbers is not None:
            values.extend(numbers)
            continue
        first = first if bad else content
        bad.append(index)
        if len(bad) == _MOST_BAD:
            break
    if not bad:
        return np.frombuffer(values, dtype=np.float64).reshape(-1, width)
    text = first[:_SHOWN_BYTES].decode("utf-8", "replace")
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    wanted = {
        "regression": "one finite number",
        "binary": "one probability",
        "multiclass": f"a list of {width} probabilities that add up to 1",
    }[task]
    raise PredictionValueError(
        f"line {bad[0] + 1:,} of {name} is {shown!r}, not {wanted} "
        f"({counted(len(bad), 'such line')}{' or more' * (len(bad) == _MOST_BAD)}); "
        f"{_REMEDY[task]}"
    )


def _numbers(line: bytes, task: str, width: int) -> list[float] | None:
    """Return a line's numbers; brackets stand around them all, blanks around each."""
    inner = line.strip(b" \t")
    if inner.startswith(b"[") and inner.endswith(b"]"):
        inner = inner[1:-1]
    fields = inner.split(b",")
    if len(fields) != width or not all(map(_NUMBER.fullmatch, fields)):
        return None
    numbers = [float(field) for field in fields]
    return numbers if _are_sound(np.array([numbers]), task) else None


def join_parts(parts: Iterable[Floats]) -> Floats:
    """Concatenate parts in their order."""
    return np.concatenate(list(parts))

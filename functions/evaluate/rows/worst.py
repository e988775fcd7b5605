"""The test rows that a model got most wrong, with what the file says of them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from evaluate.metrics.scored import Scored
from evaluate.rows.holdout import TRUTH, Holdout
from pipeline.documents import kinds
from pipeline.documents.encoder import Encoder, Feature
from pipeline.documents.evaluation import WorstRow
from pipeline.documents.model_part import Importance
from pipeline.documents.run_files import RunFiles
from pipeline.storage.damage import damaged
from table.encoding.decode import Value, decode

SHOWN = 10
COLUMNS = 20
"""Most columns of a row: some files have a thousand, of which a page shows a few."""
FEATURES = "data/test"
_BLOCK = 8 * 1024**2


def worst_rows(
    files: RunFiles,
    holdout: Holdout,
    scored: Scored,
    encoder: Encoder,
    importance: Importance | None = None,
) -> list[WorstRow]:
    """Return the worst predictions, worst first.

    By absolute error in a regression, by log loss in a classification; rows
    predicted rightly are never among them.

    Parameters
    ----------
    importance : the columns that the model uses, as importance_of gives them; the values
        of the COLUMNS most important are kept.

    Returns
    -------
    ``row`` (its number in the file, from 1), ``ids``, ``actual``,
    ``predicted``, ``probability`` (of the predicted class),
    ``actual_probability`` (of the actual class), ``error``, and ``values`` by
    column.
    """
    ranked = [column["column"] for column in (importance["columns"] if importance else [])]
    losses = _losses(scored)
    top = np.argpartition(-losses, min(SHOWN, scored.rows - 1))[:SHOWN]
    rows = [int(i) for i in top[np.argsort(-losses[top], kind="stable")] if losses[i] > 0]
    wanted: dict[str, list[int]] = {}
    for part, position in map(holdout.locate, rows):
        wanted.setdefault(part, []).append(position)
    values = {
        (part, position): line
        for part, positions in wanted.items()
        for position, line in _features(files, part, positions, encoder["features"])
    }
    ids = {
        (part, position): record
        for part, positions in wanted.items()
        for position, record in _ids(files, part, positions, encoder)
    }
    return [
        _worst(
            scored,
            row,
            float(losses[row]),
            number=int(holdout.numbers[row]),
            ids=ids.get(holdout.locate(row), {}),
            values=_kept(values.get(holdout.locate(row), {}), ranked),
        )
        for row in rows
    ]


def _kept(values: dict[str, Value], ranked: Sequence[str]) -> dict[str, Value]:
    # In the file's order come those that the model does not use.
    names = dict.fromkeys([*(name for name in ranked if name in values), *values])
    return {name: values[name] for name in islice(names, COLUMNS)}


def _losses(scored: Scored) -> Any:
    if scored.task == "regression":
        return np.abs(scored.truth - scored.predicted)
    return np.where(scored.truth != scored.chosen, scored.losses, 0.0)


def _worst(
    scored: Scored,
    row: int,
    loss: float,
    *,
    number: int,
    ids: dict[str, str],
    values: dict[str, Value],
) -> WorstRow:
    if scored.task == "regression":
        actual, predicted = float(scored.truth[row]), float(scored.predicted[row])
        return {
            "row": number,
            "ids": ids,
            "actual": actual,
            "predicted": predicted,
            "error": predicted - actual,
            "values": values,
        }
    chosen, true = int(scored.chosen[row]), int(scored.truth[row])
    one = scored.predicted[row]
    given = one if scored.task == "multiclass" else (1 - one, one)
    return {
        "row": number,
        "ids": ids,
        "actual": scored.classes[true],
        "predicted": scored.classes[chosen],
        "probability": float(given[chosen]),
        "actual_probability": float(given[true]),
        "error": loss,
        "values": values,
    }


def _ids(
    files: RunFiles, part: str, positions: list[int], encoder: Encoder
) -> Iterator[tuple[int, dict[str, str]]]:
    if not encoder.get("id_columns"):
        return
    body = files.read(TRUTH, part, kind=kinds.TRUTH)
    if b'"' not in body and b"\r" not in body:
        # No cell goes on in another line, so that only the lines that are wanted are read.
        lines = dict(pick_lines([body], [0, *(position + 1 for position in positions)]))
        body = b"".join(lines[number] + b"\n" for number in sorted(lines))
        places: Sequence[int] = sorted(positions)
    else:
        places = range(max(positions) + 1)
    records = csv.reader(io.TextIOWrapper(io.BytesIO(body), "utf-8", newline=""))
    names = next(records)[2:]
    wanted = set(positions)
    for position, record in zip(places, records, strict=False):
        if position in wanted:
            yield position, dict(zip(names, record[2:], strict=False))


def _features(
    files: RunFiles, part: str, positions: list[int], features: list[Feature]
) -> Iterator[tuple[int, dict[str, Value]]]:
    uri, writer = files.uri(FEATURES, part), kinds.TEST.writer
    with files.open(FEATURES, part, kind=kinds.TEST) as stream:
        blocks = iter(lambda: stream.read(_BLOCK), b"")
        try:
            lines = dict(pick_lines(blocks, positions))
            for position in positions:
                fields = lines.get(position, b"").decode().strip().split(",")
                if len(fields) != len(features):
                    many = f"{len(fields):,} fields in line {position + 1:,}"
                    raise ValueError(f"{many}, not {len(features):,}")
                yield position, decode(fields, features)
        except (ValueError, OverflowError) as error:
            raise damaged(uri, writer, f"is not as expected ({error})") from error


def pick_lines(blocks: Iterable[bytes], positions: list[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines at some positions, from 0, of a text that is read in blocks."""
    wanted, first, rest = sorted(positions), 0, b""
    for block in blocks:
        text = rest + block
        ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        starts = np.concatenate([[0], ends + 1])
        rest = text[starts[-1] :]
        if len(rest) > kinds.LINE_LIMIT:
            raise ValueError(f"a line of more than {kinds.LINE_LIMIT:,} bytes")
        while wanted and wanted[0] < first + ends.size:
            line = wanted[0] - first
            yield wanted.pop(0), text[starts[line] : ends[line]]
        first += ends.size
        if not wanted:
            return
    if wanted and rest:
        yield wanted[0], rest

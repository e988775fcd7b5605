"""What a model goes by: how much each column adds, which way, and how that goes with its value."""

import contextlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.encoder import Encoder, Feature
from pipeline.documents.model_part import (
    Contribution,
    Direction,
    Effect,
    EffectBin,
    EffectKind,
    Explanation,
)
from scoring.links import Floats
from table.encoding.decode import Value, decode

MOST_COLUMNS = 50
SWARMS = 15
"""Columns that have points: what a page shows."""
POINTS = 300
EFFECTS = 6
_BINS = 8
_CATEGORIES = 10
_CLEAR = 0.5
"""Spearman's correlation from which a direction is one."""
_TEXT = 80
_DECIMALS = b"0123456789+-.eE,"
"""What is read at once; JSON takes more than these, as true."""
_ORDERED: dict[str, EffectKind] = {"numeric": "number", "date": "date", "boolean": "boolean"}
_NAMED = ("one_hot", "frequency_rank")


class Explained:
    """Contributions of rows to each number that is predicted, beside the rows' features.

    Parameters
    ----------
    columns : the user's, in the order of `values`.
    base : (rows, outputs).
    values : (rows, columns, outputs).
    matrix : (rows, features).
    """

    def __init__(
        self, encoder: Encoder, columns: list[str], base: Floats, values: Floats, matrix: Floats
    ) -> None:
        self._task = encoder["target"]["task"]
        self._classes = [str(name) for name in encoder["target"].get("classes") or []]
        self._columns, self._base, self._values, self._matrix = columns, base, values, matrix
        self._features: dict[str, list[tuple[int, Feature]]] = {}
        for number, feature in enumerate(encoder["features"]):
            self._features.setdefault(feature["column"], []).append((number, feature))

    def summary(self) -> Explanation:
        """Return explanation.json."""
        sizes = np.abs(self._values).mean(axis=(0, 2))
        order = [int(number) for number in np.argsort(-sizes, kind="stable") if sizes[number] > 0]
        own = self._own()
        shown = [
            self._column(number, float(sizes[number]), own[:, number], place < SWARMS)
            for place, number in enumerate(order[:MOST_COLUMNS])
        ]
        told = [number for number in order if self._kind(self._columns[number])]
        return {
            "rows": len(self._values),
            "of": self._classes[1] if self._task == "binary" else None,
            "base": None if self._task == "multiclass" else float(self._base.mean()),
            "used": len(order),
            "columns": shown,
            "effects": [self._effect(number) for number in told[:EFFECTS]],
        }

    def _own(self) -> Floats:
        """Return the contributions to what is predicted: the value, class 1, or the row's class."""
        if self._task != "multiclass":
            return self._values[:, :, 0]
        chosen = (self._base + self._values.sum(axis=1)).argmax(axis=1)
        return self._values[np.arange(len(chosen)), :, chosen]

    def _kind(self, column: str) -> EffectKind | None:
        """Return what a column's values are to people; None if the features do not tell them."""
        for _, feature in self._features[column]:
            if feature["encoding"] in _ORDERED and feature.get("part", "days") == "days":
                return _ORDERED[feature["encoding"]]
            if feature["encoding"] in _NAMED:
                return "category"
        return None

    def _levels(self, column: str) -> Floats | None:
        """Return a column's values as numbers, NaN where there is none; None of categories."""
        for number, feature in self._features[column]:
            if feature["encoding"] in _ORDERED and feature.get("part", "days") == "days":
                return self._matrix[:, number]
        return None

    def _column(self, number: int, size: float, own: Floats, has_points: bool) -> Contribution:
        name = self._columns[number]
        levels = self._levels(name)
        ranks = None if levels is None else _ranks(levels)
        rows = np.unique(np.linspace(0, len(own) - 1, min(POINTS, len(own))).astype(int))
        points = [
            [None if ranks is None or np.isnan(ranks[row]) else round(float(ranks[row]), 3),
             _rounded(own[row])]
            for row in (rows if has_points else ())
        ]  # fmt: skip
        direction = None if self._task == "multiclass" else _direction(ranks, own)
        return {"column": name, "size": size, "direction": direction, "points": points}

    def _effect(self, number: int) -> Effect:
        name, values = self._columns[number], self._values[:, number]
        output = int(np.abs(values).mean(axis=0).argmax())
        own, kind = values[:, output], self._kind(name)
        levels = self._levels(name)
        ordered = levels is not None and kind != "boolean"
        groups = _intervals(levels) if ordered and levels is not None else self._alike(name)
        bins: list[EffectBin] = []
        for rows in groups:
            low, high = rows[0], rows[-1]
            if ordered and levels is not None:
                low, high = rows[levels[rows].argmin()], rows[levels[rows].argmax()]
            bins.append(
                {
                    "low": _short(self._value(name, low)),
                    "high": _short(self._value(name, high)),
                    "rows": len(rows),
                    "mean": _rounded(own[rows].mean()),
                }
            )
        of = self._classes[output if self._task == "multiclass" else 1] if self._classes else None
        left = len(own) - sum(each["rows"] for each in bins)
        return {"column": name, "kind": kind or "category", "of": of, "bins": bins, "left": left}

    def _value(self, column: str, row: int) -> Value:
        """Return a row's value as the file has it, as far as its features tell."""
        features = self._features[column]
        fields = [repr(float(self._matrix[row, number])) for number, _ in features]
        return decode(fields, [feature for _, feature in features]).get(column)

    def _alike(self, column: str) -> list[NDArray[np.intp]]:
        """Return the rows of each value, the most frequent first."""
        found: dict[Value, list[int]] = {}
        for row in range(len(self._matrix)):
            found.setdefault(self._value(column, row), []).append(row)
        frequent = sorted(found.values(), key=lambda rows: -len(rows))[:_CATEGORIES]
        return [np.asarray(rows) for rows in frequent]


def _intervals(levels: Floats) -> list[NDArray[np.intp]]:
    """Return the rows of each interval, from small to large, then those that lack a value."""
    known = np.flatnonzero(~np.isnan(levels))
    groups: list[NDArray[np.intp]] = []
    if known.size:
        edges = np.unique(levels[known])
        if len(edges) > _BINS:
            edges = np.unique(np.quantile(levels[known], np.linspace(0, 1, _BINS + 1)[:-1]))
        place = np.searchsorted(edges, levels[known], side="right")
        groups = [known[place == number] for number in np.unique(place)]
    missing = np.flatnonzero(np.isnan(levels))
    return [*groups, missing] if missing.size else groups


def _ranks(levels: Floats) -> Floats:
    """Return ranks from 0 to 1, of equal values the mean of theirs; NaN stays."""
    ranks = np.full(len(levels), np.nan)
    known = ~np.isnan(levels)
    if known.any():
        _, inverse, counts = np.unique(levels[known], return_inverse=True, return_counts=True)
        middle = np.cumsum(counts) - (counts + 1) / 2
        ranks[known] = middle[inverse] / max(1, known.sum() - 1)
    return ranks


def _direction(ranks: Floats | None, own: Floats) -> Direction | None:
    """Say whether contributions rise or fall with the value; None where values have no order."""
    if ranks is None:
        return None
    known = ~np.isnan(ranks)
    levels, sizes = ranks[known], _ranks(own[known])
    if len(np.unique(levels)) < 2 or len(np.unique(sizes)) < 2:
        return None
    found = float(np.corrcoef(levels, sizes)[0, 1])
    return "up" if found >= _CLEAR else "down" if found <= -_CLEAR else "mixed"


def _rounded(value: Any) -> float:
    """Five digits are more than a plot shows."""
    return float(f"{value:.5g}")


def _short(value: Value) -> Value:
    long = isinstance(value, str) and len(value) > _TEXT
    return f"{str(value)[: _TEXT - 1]}…" if long else value


def parsed(lines: Sequence[bytes], features: int) -> Floats:
    """Read encoded lines as the container does.

    Raises
    ------
    ValueError
        A line has other fields, or one is no number.
    """
    for number, line in enumerate(lines, 1):
        fields = line.count(b",") + 1
        if fields != features:
            raise ValueError(f"{fields:,} fields in line {number:,}, not {features:,}")
    body = b",".join(map(bytes.strip, lines))
    if not body.translate(None, _DECIMALS):
        # Twice, since of three commas one ends both empty fields.
        filled = (b",%b," % body).replace(b",,", b",null,").replace(b",,", b",null,")
        with contextlib.suppress(ValueError, OverflowError):
            # A sixth of the time that fields take one by one. JSON has no number such as .5.
            return np.array(json.loads(b"[%b]" % filled[1:-1]), float).reshape(-1, features)
    fields_of = (line.decode().strip().split(",") for line in lines)
    return np.array([[field or "nan" for field in row] for row in fields_of]).astype(float)

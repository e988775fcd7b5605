"""A feature that almost equals the target: the target in other words, or known only after it.

Samples from fixed places of the file decide, so that chunks change nothing; this is a
warning, not a rule that drops a column.
"""

import polars as pl

from pipeline.documents.encoder import Encoder
from pipeline.documents.fit import FirstRow
from pipeline.documents.plan import Plan
from pipeline.notices import Notice, notice
from pipeline.storage.bucket import Source
from pipeline.wording import listed, quoted
from table.encoding.apply import encode_frame, encode_target
from table.limits import MIB
from table.reading.dialect import Dialect
from table.reading.records import read_records

_PLACES = 4
_BYTES = MIB // 2
_ROWS = 50
_WIDEST = 2000
_CORRELATION = 0.999
_AGREEMENT = 0.995


def leakage_notices(
    source: Source, plan: Plan, chunks: list[FirstRow], encoder: Encoder
) -> list[Notice]:
    """Look for features that nearly give the target away.

    Parameters
    ----------
    chunks : byte ranges of the file's records; the first tells where they begin.
    """
    if len(encoder["features"]) > _WIDEST or not chunks:
        return []
    dialect = Dialect(**plan["dialect"])
    pieces = _samples(source, chunks[0]["start"], chunks[-1]["end"], dialect)
    columns: list[str] = plan["columns"]
    headers = plan.get("header_records", [])
    frame = pl.concat(
        [read_records(p, dialect, len(columns), headers=headers).frame for p in pieces]
    )
    target = encoder["target"]
    labels = encode_target(frame.to_series(columns.index(target["name"])), target)
    frame, labels = frame.filter(labels.is_not_null()), labels.drop_nulls().cast(pl.Float64)
    if len(labels) < _ROWS or labels.n_unique() < 2:
        return []
    features = encode_frame(frame, columns, encoder).features
    near = (
        _correlated(features, labels)
        if target["task"] == "regression"
        else _agreeing(features, labels)
    )
    names = list(dict.fromkeys(encoder["features"][number]["column"] for number in near))
    if not names:
        return []
    text = (
        f"{listed(names)} almost {'equals' if len(names) == 1 else 'equal'} the target "
        f"{quoted(target['name'])}; if it is not known when you predict, list it in "
        f'"drop_columns" in pipeline.json.'
    )
    return [notice("leakage", text)]


def _samples(source: Source, begin: int, end: int, dialect: Dialect) -> list[bytes]:
    """Return whole lines from the beginning and, of a large file, from further places."""
    newline = dialect.newline.encode()
    places = [begin + (end - begin) * n // _PLACES for n in range(_PLACES)]
    if end - begin <= _PLACES * _BYTES:
        return [dialect.text_of(source.read(begin, end))]
    pieces = []
    for place in places:
        raw = source.read(place, place + _BYTES)
        first = 0 if place == begin else raw.find(newline) + 1
        pieces.append(dialect.text_of(raw[first : raw.rfind(newline) + 1]))
    return pieces


def _correlated(features: pl.DataFrame, labels: pl.Series) -> list[int]:
    """Return features whose linear correlation with the target is nearly 1 or -1."""
    near = []
    for number, feature in enumerate(features.get_columns()):
        values = feature.cast(pl.Float64, strict=False)
        both = pl.DataFrame({"x": values, "y": labels}).drop_nulls()
        if len(both) < _ROWS or both["x"].n_unique() < 3:
            continue
        correlation = both.select(pl.corr("x", "y")).item()
        if correlation is not None and abs(correlation) > _CORRELATION:
            near.append(number)
    return near


def _agreeing(features: pl.DataFrame, labels: pl.Series) -> list[int]:
    """Return features of few values, each of which goes with one class only.

    All classes must be told apart by the one feature, and better than the largest
    class is by itself.
    """
    near = []
    classes = labels.n_unique()
    largest = int(labels.value_counts()["count"].max())  # type: ignore[arg-type]
    for number, feature in enumerate(features.get_columns()):
        pairs = pl.DataFrame({"x": feature.cast(pl.Float64, strict=False), "y": labels})
        pairs = pairs.drop_nulls()
        if len(pairs) < _ROWS or not classes <= pairs["x"].n_unique() <= 2 * classes + 2:
            continue
        counted = pairs.group_by("x", "y").len().group_by("x").agg(pl.col("len").max())
        agreeing = int(counted["len"].sum())
        apart = len(pairs) - agreeing
        if apart <= (1 - _AGREEMENT) * min(len(pairs), len(labels) - largest):
            near.append(number)
    return near

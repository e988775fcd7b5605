"""Building encoder.json: from what the columns hold to the features that are trained on."""

from dataclasses import replace

from pipeline.documents.chunk_profile import Dates
from pipeline.documents.encoder import Dropped, Encoder, Feature
from pipeline.documents.plan import MissingValues
from pipeline.notices import Notice, notice
from pipeline.vocabulary import WarningCode
from pipeline.wording import counted, listed, quoted
from table.columns.kind import Column
from table.columns.target import Target
from table.encoding.categories import category_features, join_spellings
from table.encoding.doubts import doubts_of, doubts_of_target
from table.limits import CARRIED_IDENTIFIERS
from table.reading.dialect import Dialect
from table.values.units import SCALED, unit_of

VERSION = 2
READ = (1, VERSION)
"""Versions that are read: what one has in addition, the ones before go without."""
HASH_SLOTS = 4

_DAY = 86_400_000_000
_DATE_PARTS = ("days", "year", "month", "day", "weekday")
_REASONS = {
    "empty": "empty in every row",
    "constant": "one value in every row",
    "identifier": "an identifier: a different value in nearly every row",
    "text": "free text",
}
_NOUNS = {"duration": "duration", "span": "duration", "clock": "time of day"}
_DROPPED: dict[str, WarningCode] = {
    "empty": "dropped_empty",
    "constant": "dropped_constant",
    "identifier": "dropped_identifier",
    "text": "dropped_text",
}


def build_encoder(
    columns: list[Column],
    target: Target,
    dialect: Dialect,
    header: bool,
    id_columns: list[str],
    drop_columns: list[str],
    group_column: str | None,
    missing: MissingValues | None = None,
    *,
    distinct: bool = False,
) -> tuple[Encoder, list[Notice]]:
    """Decide the features.

    Parameters
    ----------
    missing : what the settings say stands for a missing value.
    distinct : whether texts that differ only in case are categories of their own.

    Returns
    -------
    The encoder, alone sufficient to encode a file; and warnings about what was dropped.
    """
    unused = [*id_columns, *drop_columns, group_column]
    columns, joined = _joined(columns, [target.name, *unused], distinct)
    columns = _with_something(columns, target.name, [*id_columns, *drop_columns])
    features: list[Feature] = []
    dropped: list[Dropped] = []
    notices = joined
    for column in columns:
        if column.name == target.name:
            notices += doubts_of_target(column, target.task, missing)
            notices += _unit(column) if target.task == "regression" else []
        elif column.name in id_columns:
            continue
        elif column.name in drop_columns:
            dropped.append({"column": column.name, "reason": "listed in drop_columns"})
        elif column.name == group_column:
            dropped.append({"column": column.name, "reason": "the split's group column"})
        elif column.kind in _REASONS:
            dropped.append({"column": column.name, "reason": _REASONS[column.kind]})
        else:
            features += features_of(column, distinct=distinct)
            notices += _unread(column) + doubts_of(column, missing) + _unit(column)
    if len(features) == 1:
        features += indicator(features[0])
    notices += _dropped_notices(columns, dropped)
    encoder: Encoder = {
        "version": VERSION,
        "header": header,
        "dialect": dialect.to_json(),
        "columns": [column.name for column in columns],
        "target": target.to_json(),
        "id_columns": [*id_columns, *_carried(columns, dropped)],
        "dropped": dropped,
        "features": features,
        "unread": {c.name: round(c.unread / c.present, 6) for c in columns if c.unread},
    }
    if missing is not None:
        encoder["missing_values"] = missing
    return encoder, notices


def _joined(
    columns: list[Column], others: list[str | None], distinct: bool
) -> tuple[list[Column], list[Notice]]:
    """Join the spellings of categories in all columns but some."""
    found: list[Column] = []
    notices: list[Notice] = []
    for column in columns:
        if distinct or column.name in others:
            found.append(column)
            continue
        one, said = join_spellings(column)
        found.append(one)
        notices += said
    return found, notices


def _with_something(columns: list[Column], target: str, unused: list[str]) -> list[Column]:
    """Keep row numbers if nothing else is left: they may be the x of a curve."""
    left = [c for c in columns if c.name != target and c.name not in unused]
    if any(c.kind not in _REASONS for c in left):
        return columns
    return [
        replace(c, kind="integer") if c.kind == "identifier" and c.numbers else c for c in columns
    ]


def _carried(columns: list[Column], dropped: list[Dropped]) -> list[str]:
    """Return the identifiers that go along to the predictions as id columns do."""
    found = {d["column"] for d in dropped if d["reason"] == _REASONS["identifier"]}
    return [column.name for column in columns if column.name in found][:CARRIED_IDENTIFIERS]


def features_of(column: Column, *, distinct: bool = False) -> list[Feature]:
    """Return the features that a column becomes.

    Parameters
    ----------
    distinct : whether texts that differ only in case are categories of their own.
    """
    name = column.name
    if column.numbers is not None and column.kind in ("integer", "float", "boolean"):
        return [{"name": name, "column": name, "encoding": "numeric", "style": column.style}]
    if column.dates is not None:
        return _date_features(column, column.dates)
    if column.counts is None:
        return [
            {"name": f"{name}#hash{slot}", "column": name, "encoding": "hash", "slot": slot}
            for slot in range(HASH_SLOTS)
        ]
    return category_features(column, column.counts, fold=not distinct)


def _date_features(column: Column, dates: Dates) -> list[Feature]:
    parts = list(_DATE_PARTS)
    if dates["clock"]:
        parts += ["hour", "minute"]
    if dates["max"] - dates["min"] < _DAY:
        parts = [part for part in parts if part in ("days", "hour", "minute")]
    return [
        {
            "name": f"{column.name}.{part}",
            "column": column.name,
            "encoding": "date",
            "part": part,
            "style": column.style,
        }
        for part in parts
    ]


def indicator(feature: Feature) -> list[Feature]:
    """Add a second feature to a lone one.

    The inference server guesses the delimiter from a request's first line: in "3.25" it
    would be the point, and an empty line, which a single missing value makes, is an error.
    """
    name = feature["column"]
    return [{"name": f"{name} is missing", "column": name, "encoding": "missing"}]


def _unread(column: Column) -> list[Notice]:
    found = []
    kind = _NOUNS.get(column.style, "date" if column.kind == "date" else "number")
    if column.unread:
        shown = f" ({listed(column.examples)})" if column.examples else ""
        text = (
            f"Column {quoted(column.name)}: {counted(column.unread, 'value')} counted as missing, "
            f"being no {kind}{shown}."
        )
        found.append(notice("unread_values", text))
    if column.infinite:
        many = counted(column.infinite, "infinite value")
        text = f"Column {quoted(column.name)}: {many} counted as missing."
        found.append(notice("infinite_values", text))
    return found


def _unit(column: Column) -> list[Notice]:
    unit = unit_of(column.style) if column.numbers else None
    if unit is None:
        return []
    if unit != SCALED and column.numbers and column.with_unit < column.numbers["count"]:
        text = (
            f"Column {quoted(column.name)}: {quoted(unit)} behind {column.with_unit:,} of "
            f"{counted(column.numbers['count'], 'number')}, taken to be meant behind all."
        )
        return [notice("unit", text)]
    what = (
        "numbers such as 1.2k and 3.4M, read as 1200 and 3400000"
        if unit == SCALED
        else f"numbers with {quoted(unit)} behind them, read as numbers"
    )
    return [notice("unit", f"Column {quoted(column.name)}: {what}.")]


def _dropped_notices(columns: list[Column], dropped: list[Dropped]) -> list[Notice]:
    kinds = {column.name: column.kind for column in columns}
    nearly = {column.name: column.nearly for column in columns if column.nearly}
    notices = []
    for kind, reason in _REASONS.items():
        keepable = kind in ("identifier", "text")
        names = [
            d["column"] for d in dropped if d["reason"] == reason and kinds[d["column"]] == kind
        ]
        for name in (name for name in names if name in nearly):
            text = f"Column {quoted(name)} not used: read as {reason}, but {nearly[name]}."
            text += _how_to_keep(1) if keepable else ""
            notices.append(notice(_DROPPED[kind], text))
        names = [name for name in names if name not in nearly]
        if names:
            columns_are = "Column" if len(names) == 1 else "Columns"
            text = f"{columns_are} {listed(names)} not used: {reason}."
            text += _how_to_keep(len(names)) if keepable else ""
            notices.append(notice(_DROPPED[kind], text))
    return notices


def _how_to_keep(columns: int) -> str:
    them = "it" if columns == 1 else "them"
    return f' To train on {them}, list {them} in "keep_columns".'

"""What is said of a column whose values may mean something else than what they were read as."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.documents.plan import MissingValues
from pipeline.notices import Notice, notice
from pipeline.vocabulary import Task, WarningCode
from pipeline.wording import quoted
from table.columns.classes import ROWS_A_CLASS, numbers_of
from table.columns.date_order import centuries
from table.columns.kind import Column
from table.columns.labels import with_counts
from table.profiling.ends import beside, counting_from, far_days, far_numbers
from table.values.labels import label_key

_ORDERS = {"dmy": "day-month-year", "mdy": "month-day-year", "ymd": "year-month-day"}
# So many of a target's rows may hold a code; more are a class.
_RARE = 0.05
# Of a column's rows, so many that say None are told of: a twentieth is usual for gaps.
_ANSWERS = 0.1
_FIRST = {"d": "day", "m": "month", "y": "year"}


def doubts_of(column: Column, missing: MissingValues | None = None) -> list[Notice]:
    """Return the warnings about a column that becomes features.

    Parameters
    ----------
    missing : what the settings say stands for a missing value.
    """
    return [
        *_codes(column, missing, "missing_code"),
        *_ambiguous(column),
        *_centuries(column),
        *_doubtful(column),
        *_read_as_category(column),
        *_answers(column),
    ]


def doubts_of_target(
    column: Column, task: Task, missing: MissingValues | None = None
) -> list[Notice]:
    """Return the warnings about the target: dates are none, but durations may be times of day."""
    codes = _codes(column, missing, "target_code") if task == "regression" else []
    said = _read_as_category(column) if task == "multiclass" else []
    return [*(codes or _rare_codes(column, missing)), *said, *_doubtful(column)]


def _rare_codes(column: Column, missing: MissingValues | None) -> list[Notice]:
    """Tell of a rare -1 or 9 in a target whose other values count: 0 and 1, or 1 to 5."""
    named = missing is not None and column.name in missing["columns"]
    if named or not column.counts:
        return []
    rows: dict[float, int] = {}
    for text, value in numbers_of(column.counts, column.style).items():
        rows[value] = rows.get(value, 0) + column.counts[text]
    if column.numbers is None:
        return _codes_beside_texts(column, rows)
    counting = counting_from(rows)
    codes = {f"{value:g}": rows[value] for value in sorted(rows) if value not in counting}
    rare = sum(codes.values()) < _RARE * sum(rows.values())
    if not codes or not rare or not all(beside(value, counting) for value in map(float, codes)):
        return []
    return [_code_notice(column.name, codes, f"{counting[0]:g} to {counting[-1]:g}")]


def _codes_beside_texts(column: Column, rows: dict[float, int]) -> list[Notice]:
    """Tell of a rare -1 or 9 beside two answers that are texts."""
    counts = column.counts or {}
    codes = {f"{value:g}": count for value, count in sorted(rows.items())}
    read = numbers_of(counts, column.style)
    answers = {label_key(text): text for text in counts if text not in read}
    rare = 0 < sum(codes.values()) < _RARE * column.present
    if len(answers) != 2 or not rare or not all(beside(value, [0, 1]) for value in rows):
        return []
    return [_code_notice(column.name, codes, " and ".join(map(quoted, sorted(answers.values()))))]


def _code_notice(name: str, codes: dict[str, int], usual: str) -> Notice:
    text = (
        f"Target {quoted(name)}: {with_counts(codes)} beside {usual}, as codes for missing are. "
        f"If so, set {_setting(name, codes)} in pipeline.json; if not, an empty list."
    )
    return notice("target_code", text)


def _codes(column: Column, missing: MissingValues | None, code: WarningCode) -> list[Notice]:
    """Tell of values that are as far off and as often there as codes for a missing value are."""
    if missing is not None and column.name in missing["columns"]:
        # Its owner has said what stands for one, if only that nothing does.
        return []
    if column.dates is not None:
        far, ends = far_days(column.dates), column.dates.get("ends")
    elif column.numbers is not None:
        far, ends = far_numbers(column.numbers), column.numbers.get("ends")
    else:
        return []
    if not far or ends is None:
        return []
    least, most = (
        (f"{value:.6g}" if column.dates is None else f"{_year(int(value))}")
        for value in ends["between"]
    )
    setting = _setting(column.name, far)
    text = (
        f"Column {quoted(column.name)}: {with_counts(far)} far off all others ({least} to {most}), "
        f"as codes for missing are. If so, set {setting} in pipeline.json; if not, an empty list."
    )
    return [notice(code, text)]


def _setting(name: str, codes: Iterable[str]) -> str:
    return json.dumps({"missing_values": {name: [*codes][:4]}}, ensure_ascii=False)[1:-1]


def _ambiguous(column: Column) -> list[Notice]:
    if not column.ambiguous:
        return []
    ways = " or ".join(_ORDERS[style[:3]] for style in sorted((column.style, column.other_style)))
    text = (
        f"Column {quoted(column.name)}: all dates could be {ways}; the "
        f"{_FIRST[column.style[0]]} was taken to be first. If it is not, write them as 2024-12-31."
    )
    return [notice("ambiguous_dates", text)]


def _centuries(column: Column) -> list[Notice]:
    if column.dates is None or not centuries(column.style, column.dates):
        return []
    first, last = (_year(column.dates["min"]), _year(column.dates["max"]))
    text = (
        f"Column {quoted(column.name)}: years of two digits were read as {first} to {last}. If "
        f"some are of the other century, write all with four digits."
    )
    return [notice("ambiguous_dates", text)]


def _year(micros: int) -> int:
    return (datetime(1970, 1, 1) + timedelta(microseconds=micros)).year


def _doubtful(column: Column) -> list[Notice]:
    if not column.doubtful:
        return []
    text = (
        f"Column {quoted(column.name)}: its values, such as 12:33 or 02:03:04, could be durations "
        f"or times of day; read as seconds. To say which, call the column duration or clock."
    )
    return [notice("ambiguous_times", text)]


def _answers(column: Column) -> list[Notice]:
    """Tell of None, NA or - in a category: missing values, unless they are an answer."""
    if column.kind not in ("category", "boolean") or column.numbers is not None:
        return []
    least = max(ROWS_A_CLASS, _ANSWERS * (column.missing + column.present))
    many = {text: rows for text, rows in column.spelled.items() if rows >= least}
    if not many:
        return []
    text = (
        f"Column {quoted(column.name)}: {with_counts(many)} counted as missing; to be written in "
        f"another way if that is a category."
    )
    return [notice("missing_as_written", text)]


def _read_as_category(column: Column) -> list[Notice]:
    if column.kind != "category" or not column.nearly:
        return []
    text = f"Column {quoted(column.name)} was read as a category: {column.nearly}."
    return [notice("read_as_category", text)]

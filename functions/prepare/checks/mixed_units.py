"""Columns whose numbers have several units, currencies or scales."""

from functools import reduce

from pipeline.documents.chunk_profile import ColumnProfile, MergedProfile, Numbers
from pipeline.documents.encoder import Encoder
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.wording import counted, listed, quoted
from table.columns.kind import Column
from table.columns.named_in_settings import as_in_file
from table.limits import ONE_HOT_LIMIT
from table.profiling.numeric import merge_numbers
from table.profiling.texts import unit_rows
from table.values.durations import CLOCKED
from table.values.units import measure, unit_of

_MOST = 0.5
_TEXTS = ("category", "text", "identifier")


def mixed_notices(
    columns: list[Column], profile: MergedProfile, encoder: Encoder, settings: Settings
) -> list[Notice]:
    """Ask about columns that measure in two units, or may; nothing is converted unsaid."""
    names = [column.name for column in columns]
    unused = as_in_file([*settings["id_columns"], *settings["drop_columns"]], names)
    target = encoder["target"]["name"]
    found: list[Notice] = []
    for column, numbers in zip(columns, profile["columns"], strict=True):
        if column.name in unused or column.style in CLOCKED:
            continue
        if column.numbers is not None:
            found += _of_numbers(column, numbers)
        elif column.kind in _TEXTS:
            found += _of_texts(column, numbers, is_target=column.name == target)
    return found


def _of_numbers(column: Column, found: ColumnProfile) -> list[Notice]:
    unit = measure(unit_of(column.style) or "")
    if unit is not None and (others := _measures(found, without=unit)):
        said = f"beside {quoted(unit)} numbers with {_shown(others)}, which count as missing"
        return [_asked(column, said, "Write all in one")]
    marks = {name: part["count"] for name, part in found.get("signs", {}).items() if name}
    if unit is not None:
        marks[unit] = marks.get(unit, 0) + column.with_unit
    if len(marks) > 1:
        said = f"numbers with {_shown(marks)}, read as if all were the same"
        return [_asked(column, said, "Write all in one")]
    return _of_per_cent(column, found) if "%" in marks else []


def _of_per_cent(column: Column, found: ColumnProfile) -> list[Notice]:
    """Tell numbers that have lost their sign from shares: 45 beside 45% from 0.45."""
    signs = found.get("signs", {})
    bare = [part for part in (found["numbers"].get("plain"), signs.get("")) if part]
    if not bare:
        return []
    without = reduce(merge_numbers, bare)
    if _same_scale(signs["%"], without):
        text = (
            f"Column {quoted(column.name)}: % behind {signs['%']['count']:,} of "
            f"{counted(column.present, 'number')}, taken to be meant behind all."
        )
        return [notice("unit", text)]
    said = (
        f"{counted(signs['%']['count'], 'number')} with % ({_range(signs['%'])}) beside "
        f"{without['count']:,} without ({_range(without)}), which may be shares; read as they stand"
    )
    return [_asked(column, said, "Write all with %, or none")]


def _same_scale(marked: Numbers, bare: Numbers) -> bool:
    """Tell whether bare numbers are per cent as well; those of 1 at most are likely shares."""
    if bare["min"] == bare["max"] == 0:
        # Nothing is nothing in any unit.
        return True
    beyond = max(bare["max"], -bare["min"]) > 1
    near_zero = bare["min"] < 1 and bare["whole"] < bare["count"]
    return beyond and (not near_zero or marked["min"] < 1)


def _of_texts(column: Column, found: ColumnProfile, *, is_target: bool) -> list[Notice]:
    """Tell of numbers that were not read for the sake of their units."""
    rows = _measures(found)
    plain = found["numbers"].get("plain")
    numbers = sum(rows.values()) + (plain["count"] if plain else 0)
    if len(rows) < 2 or numbers <= _MOST * column.present:
        return []
    if column.distinct > ONE_HOT_LIMIT or is_target:
        return [
            _asked(column, f"numbers with {_shown(rows)}, not read as such", "Write all in one")
        ]
    text = f"Column {quoted(column.name)} was read as a category: numbers with {_shown(rows)}."
    return [notice("read_as_category", text)]


def _measures(found: ColumnProfile, without: str = "") -> dict[str, int]:
    """Return how many values have each unit that is known, but for one."""
    rows: dict[str, int] = {}
    for text, count in unit_rows(found).items():
        if (known := measure(text)) and known != without:
            rows[known] = rows.get(known, 0) + count
    return rows


def _asked(column: Column, said: str, remedy: str) -> Notice:
    text = (
        f"Column {quoted(column.name)}: {said}. {remedy}, or list the column in "
        f'"drop_columns" in pipeline.json.'
    )
    return notice("mixed_units", text)


def _shown(rows: dict[str, int]) -> str:
    ordered = sorted(rows, key=lambda unit: (-rows[unit], unit))
    return listed([f"{unit} ({rows[unit]:,})" for unit in ordered], 4)


def _range(numbers: Numbers) -> str:
    return f"{numbers['min']:.4g} to {numbers['max']:.4g}"

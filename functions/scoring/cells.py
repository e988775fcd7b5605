"""How many cells of a column a champion's encoder cannot read.

The champion's encoder says how its columns are read, whatever the new file's column was taken
for: one text among 3,000 numbers makes a category of the column, and is a missing value to a
champion that reads numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from pipeline.documents.chunk_profile import ColumnProfile
from pipeline.documents.encoder import Feature
from table.columns.kind import SHARE, Column
from table.encoding.categories import folded
from table.profiling.texts import of_unit
from table.values.date_styles import DATES
from table.values.durations import CLOCKED
from table.values.units import has_comma, unit_of

MOST_UNREAD = 0.02
"""Share of a column's values that a champion may miss, beyond what it missed when it was trained,
and still be compared. Of nine champions whose best column missed 2 % of its values, half lost up
to 9 % of their metric, at 5 % up to 20 %."""


@dataclass(frozen=True)
class Unread:
    """Cells of a column that are there, and that the champion takes for missing."""

    count: int
    present: int
    allowed: float
    """Share of them that leaves the champion fit to be compared."""

    @property
    def many(self) -> bool:
        """Whether a person is to look at them."""
        return self.count > self.allowed * self.present


def unread_cells(
    features: list[Feature], column: Column, found: ColumnProfile, before: float | None
) -> Unread:
    """Count the cells of a column that the champion cannot read, or would read wrongly.

    Parameters
    ----------
    features : the champion's, of that column.
    column, found : what the new file's column was taken for, and its merged profile.
    before : share of the column's values that could not be read when the champion was trained;
        None if that is not known.
    """
    first = features[0]
    # Where it is not known, as much as a column of numbers may hold and be one.
    allowed = 1 - SHARE if before is None else before + MOST_UNREAD
    present = column.present - column.infinite
    if first["encoding"] == "numeric":
        read = _numbers(first["style"], column, found)
    elif first["encoding"] == "date":
        read = _dates(first["style"], column, found)
    else:
        read = _texts(features, column)
    return Unread(max(present - read, 0), column.present, allowed)


def _numbers(style: str, column: Column, found: ColumnProfile) -> int:
    numbers = found["numbers"]
    if style in CLOCKED:
        # 02:35 is a duration, a time of day, or both, as all values of a column decide.
        other = column.numbers and column.style in CLOCKED and column.style != style
        return numbers[style]["count"] if style in numbers and not other else 0
    plain = numbers.get("plain")
    unit = unit_of(style)
    if unit is None:
        parts = [numbers.get(style) if style != "plain" else None]
    else:
        # What has the sign of a currency is no number of km/h.
        parts = [found.get("signs", {}).get(""), of_unit(found, unit, comma=has_comma(style))]
    others = sum(part["count"] for part in parts if part)
    if plain and not _alike(style, column, found):
        # 1.234 and 1,234 are other numbers to the champion. Those without a sign are the same.
        return plain["whole"]
    return (plain["count"] if plain else 0) + others


def _alike(style: str, column: Column, found: ColumnProfile) -> bool:
    """Tell whether points and commas mean to the champion what they mean in the file."""
    if has_comma(style):
        return has_comma(column.style) if column.numbers else not found.get("dots")
    if not column.numbers or not has_comma(column.style):
        return True
    # Commas that are strays in a column of decimal points.
    points = bool(found.get("dots")) or "pointed" not in found["numbers"]
    commas = found["numbers"].get("comma")
    return points and (commas["count"] if commas else 0) <= MOST_UNREAD * column.present


def _dates(style: str, column: Column, found: ColumnProfile) -> int:
    # Dates that could be of either order are read by the order that training found.
    turned = column.dates and not column.ambiguous and style != column.style
    if turned and DATES[style].pattern == DATES[column.style].pattern:
        return 0
    return found["dates"][style]["count"] if style in found["dates"] else 0


def _texts(features: list[Feature], column: Column) -> int:
    """Count the values that a champion of categories knows, if the column is none any more."""
    if not column.numbers and not column.dates:
        # New categories are told apart: they are values, and no unreadable cells.
        return column.present
    counts = column.counts or {}
    known = known_among(counts, features)
    return sum(count for value, count in counts.items() if value in known)


def known_among(values: Iterable[str], features: list[Feature]) -> set[str]:
    """Return those of some values that the features of a category know, however their case is."""
    known, texts = known_values(features), list(values)
    if not features[0].get("folded", False):
        return set(known) & set(texts)
    keys = set(folded(pl.Series(known, dtype=pl.String)))
    folds = folded(pl.Series(texts, dtype=pl.String))
    return {text for text, key in zip(texts, folds, strict=True) if key in keys}


def known_values(features: Iterable[Feature]) -> list[str]:
    """Return the values that the features of a category know, in their order."""
    known: dict[str, None] = {}
    for feature in features:
        known.update(dict.fromkeys([feature["category"]] if "category" in feature else []))
        for values in (feature.get("true"), feature.get("false"), feature.get("categories")):
            known.update(dict.fromkeys(values or []))
    return list(known)

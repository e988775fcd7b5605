"""Merging the profiles of different rows; the order changes nothing but last digits of means."""

from collections.abc import Callable, Collection, Mapping
from functools import reduce
from operator import add
from typing import TypeVar

from pipeline.documents.chunk_profile import (
    ColumnProfile,
    Dates,
    MergedProfile,
    Numbers,
)
from table.profiling.dated import merge_spellings
from table.profiling.distinct import merge_sketches
from table.profiling.ends import merge_ends
from table.profiling.numeric import merge_numbers
from table.profiling.repeats import merge_repeats
from table.profiling.texts import FEW_TEXTS, FEW_UNITS, merge_alike
from table.profiling.timeline import merge_timelines

_Part = TypeVar("_Part")


def empty_profile(width: int) -> MergedProfile:
    """Return the profile of no rows."""
    columns: list[ColumnProfile] = [
        {"missing": 0, "numbers": {}, "dates": {}, "values": {"counts": {}}, "longest": 0}
        for _ in range(width)
    ]
    return {"records": 0, "rows": 0, "bad": [], "cp1252": False, "columns": columns}


def merge_profiles(one: MergedProfile, other: MergedProfile) -> MergedProfile:
    """Merge two profiles; lists of bad rows are left to the caller, who knows the lines."""
    merged: MergedProfile = {
        "records": one["records"] + other["records"],
        "rows": one["rows"] + other["rows"],
        "bad": [],
        "cp1252": one["cp1252"] or other["cp1252"],
        "columns": [
            merge_columns(a, b) for a, b in zip(one["columns"], other["columns"], strict=True)
        ],
    }
    contents = [each["contents"] for each in (one, other) if "contents" in each]
    if contents:
        merged["contents"] = reduce(merge_repeats, contents)
    repeated = [each["repeated"] for each in (one, other) if "repeated" in each]
    if repeated:
        merged["repeated"] = reduce(merge_repeats, repeated)
    return merged


def merge_columns(one: ColumnProfile, other: ColumnProfile) -> ColumnProfile:
    """Merge two profiles of a column."""
    merged: ColumnProfile = {
        "missing": one["missing"] + other["missing"],
        "numbers": _each(
            _pointed(one["numbers"], other["numbers"]),
            _pointed(other["numbers"], one["numbers"]),
            merge_numbers,
        ),
        "dates": _each(one["dates"], other["dates"], _merge_dates),
        "values": merge_sketches(one["values"], other["values"]),
        "longest": max(one["longest"], other["longest"]),
    }
    if shortest := [found["shortest"] for found in (one, other) if "shortest" in found]:
        merged["shortest"] = min(shortest)
    if no_days := _each(one.get("no_days", {}), other.get("no_days", {}), add):
        merged["no_days"] = no_days
    if infinite := one.get("infinite", 0) + other.get("infinite", 0):
        merged["infinite"] = infinite
    if prose := one.get("prose", 0) + other.get("prose", 0):
        merged["prose"] = prose
    if thousands := one.get("thousands", 0) + other.get("thousands", 0):
        merged["thousands"] = thousands
    if long := one.get("long", 0) + other.get("long", 0):
        merged["long"] = long
    if one.get("dots") or other.get("dots"):
        merged["dots"] = True
    if "texts" in one or "texts" in other:
        merged["texts"] = _few(one.get("texts", {}), other.get("texts", {}), add, FEW_TEXTS)
    if "units" in one or "units" in other:
        merged["units"], merged["comma_units"] = _units(one, other)
    if signs := _each(one.get("signs", {}), other.get("signs", {}), merge_numbers):
        merged["signs"] = signs
    if examples := sorted({*one.get("other", []), *other.get("other", [])})[:3]:
        merged["other"] = examples
    spellings = _each(
        one.get("date_spellings", {}), other.get("date_spellings", {}), merge_spellings
    )
    if spellings:
        merged["date_spellings"] = spellings
    if like := [found["like_dates"] for found in (one, other) if "like_dates" in found]:
        merged["like_dates"] = like[0] if len(like) == 1 else merge_alike(*like)
    numbers = _each(one.get("like_numbers", {}), other.get("like_numbers", {}), merge_alike)
    if numbers:
        merged["like_numbers"] = numbers
    lines = _each(one.get("timelines", {}), other.get("timelines", {}), merge_timelines)
    if lines:
        merged["timelines"] = lines
    labelled = [found["labelled"] for found in (one, other) if "labelled" in found]
    if labelled:
        merged["labelled"] = labelled[0] if len(labelled) == 1 else merge_columns(*labelled)
    if spelled := _each(one.get("spelled", {}), other.get("spelled", {}), add):
        merged["spelled"] = spelled
    apart = _each(one.get("labelled_as", {}), other.get("labelled_as", {}), merge_columns)
    if apart:
        merged["labelled_as"] = apart
    return merged


def count_as_labelled(profile: MergedProfile, classes: Collection[str]) -> None:
    """Count rows as rows with a target if a spelling of missing is a class in it."""
    for column in profile["columns"]:
        for spelling, found in column.get("labelled_as", {}).items():
            if spelling in classes:
                column["labelled"] = merge_columns(column["labelled"], found)


def _each(
    one: Mapping[str, _Part], other: Mapping[str, _Part], merge: Callable[[_Part, _Part], _Part]
) -> dict[str, _Part]:
    return {
        key: merge(one[key], other[key]) if key in one and key in other else {**one, **other}[key]
        for key in sorted({*one, *other})
    }


def _few(
    one: Mapping[str, _Part] | None,
    other: Mapping[str, _Part] | None,
    merge: Callable[[_Part, _Part], _Part],
    limit: int,
) -> dict[str, _Part] | None:
    """Merge what is kept while it is few; None stands for many."""
    if one is None or other is None:
        return None
    merged = _each(one, other, merge)
    return merged if len(merged) <= limit else None


def _units(
    one: ColumnProfile, other: ColumnProfile
) -> tuple[dict[str, Numbers] | None, dict[str, Numbers] | None]:
    """Merge the numbers with units in both readings; many units are many in either."""
    points = _few(one.get("units", {}), other.get("units", {}), merge_numbers, FEW_UNITS)
    commas = _few(
        one.get("comma_units", {}), other.get("comma_units", {}), merge_numbers, FEW_UNITS
    )
    if points is None or commas is None or len({*points, *commas}) > FEW_UNITS:
        return None, None
    return points, commas


def _pointed(numbers: dict[str, Numbers], other: dict[str, Numbers]) -> dict[str, Numbers]:
    """Say what was left out of a chunk: without a group of three, "pointed" is as "plain"."""
    if "pointed" in other and "plain" in numbers:
        return {"pointed": numbers["plain"]} | numbers
    return numbers


def _merge_dates(one: Dates, other: Dates) -> Dates:
    merged: Dates = {
        "count": one["count"] + other["count"],
        "min": min(one["min"], other["min"]),
        "max": max(one["max"], other["max"]),
        "clock": one["clock"] or other["clock"],
    }
    if ends := merge_ends(one, other):
        merged["ends"] = ends
    return merged

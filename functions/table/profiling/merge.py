"""Merging the profiles of different rows; the order changes nothing but last digits of means."""

from typing import Any

from prepare.steps.profile import Profile
from table.profiling.column import ColumnProfile
from table.profiling.distinct import merge_sketches
from table.profiling.timeline import merge_timelines


def empty_profile(width: int) -> Profile:
    """Return the profile of no rows."""
    columns = [
        {"missing": 0, "numbers": {}, "dates": {}, "values": {"counts": {}}, "longest": 0}
        for _ in range(width)
    ]
    return {"records": 0, "rows": 0, "bad": [], "cp1252": False, "columns": columns}


def merge_profiles(one: Profile, other: Profile) -> Profile:
    """Merge two profiles; lists of bad rows are left to the caller, who knows the lines."""
    return {
        "records": one["records"] + other["records"],
        "rows": one["rows"] + other["rows"],
        "bad": [],
        "cp1252": one["cp1252"] or other["cp1252"],
        "columns": [
            merge_columns(a, b) for a, b in zip(one["columns"], other["columns"], strict=True)
        ],
    }


def merge_columns(one: ColumnProfile, other: ColumnProfile) -> ColumnProfile:
    """Merge two profiles of a column."""
    merged: ColumnProfile = {
        "missing": one["missing"] + other["missing"],
        "numbers": _each(
            _pointed(one["numbers"], other["numbers"]),
            _pointed(other["numbers"], one["numbers"]),
            _merge_numbers,
        ),
        "dates": _each(one["dates"], other["dates"], _merge_dates),
        "values": merge_sketches(one["values"], other["values"]),
        "longest": max(one["longest"], other["longest"]),
    }
    for name in ("infinite", "prose"):
        if count := one.get(name, 0) + other.get(name, 0):
            merged[name] = count
    if one.get("dots") or other.get("dots"):
        merged["dots"] = True
    if examples := sorted({*one.get("other", []), *other.get("other", [])})[:3]:
        merged["other"] = examples
    lines = _each(one.get("timelines", {}), other.get("timelines", {}), merge_timelines)
    if lines:
        merged["timelines"] = lines
    return merged | _each(_labelled(one), _labelled(other), merge_columns)


def _labelled(found: ColumnProfile) -> dict[str, ColumnProfile]:
    return {"labelled": found["labelled"]} if "labelled" in found else {}


def _each(one: dict[str, Any], other: dict[str, Any], merge: Any) -> dict[str, Any]:
    return {
        key: merge(one[key], other[key])
        if key in one and key in other
        else one.get(key, other.get(key))
        for key in sorted({*one, *other})
    }


def _pointed(numbers: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Say what was left out of a chunk: without a group of three, "pointed" is as "plain"."""
    if "pointed" in other and "plain" in numbers:
        return {"pointed": numbers["plain"]} | numbers
    return numbers


def _merge_numbers(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    count = one["count"] + other["count"]
    return {
        "count": count,
        "whole": one["whole"] + other["whole"],
        "min": min(one["min"], other["min"]),
        "max": max(one["max"], other["max"]),
        # Weighted before it is added: sums of numbers near 1e308 would overflow.
        "mean": one["mean"] * (one["count"] / count) + other["mean"] * (other["count"] / count),
    }


def _merge_dates(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {
        "count": one["count"] + other["count"],
        "min": min(one["min"], other["min"]),
        "max": max(one["max"], other["max"]),
        "clock": one["clock"] or other["clock"],
    }

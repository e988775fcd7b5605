"""Durations with the letters of their units, as airlines and films have them: 2h 50m, PT1H30M."""

import polars as pl

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]+)?"
_UNITS = {
    "d": (r"d|days?", 86_400.0),
    "h": (r"h|hrs?|hours?", 3_600.0),
    "m": (r"m|mins?|minutes?", 60.0),
    "s": (r"s|secs?|seconds?", 1.0),
}
_PARTS = {
    unit: rf"(?:(?P<{unit}>{_NUMBER})\s?(?i:{letters})(?:,?\s*|$))?"
    for unit, (letters, _) in _UNITS.items()
}
MAYBE_SPAN = rf"^P?T?{_NUMBER}\s?[dDhHmMsS]"
"""What all spans match, and is found quickly."""
SPAN = rf"^P?{_PARTS['d']}T?{_PARTS['h']}{_PARTS['m']}{_PARTS['s']}$"
ONE_UNIT = rf"^{_NUMBER}\s?(?i:{'|'.join(letters for letters, _ in _UNITS.values())})$"
"""A span of one unit: 5m may be metres or millions, unless others in its column have two units."""


def spans(values: pl.Series) -> pl.Series:
    """Read durations with units as seconds; null for all else."""
    kept = values.set(~values.str.contains(MAYBE_SPAN), None)
    found = kept.str.extract_groups(SPAN).struct.unnest()
    parts = [found[unit].cast(pl.Float64) * seconds for unit, (_, seconds) in _UNITS.items()]
    total = sum((part.fill_null(0.0) for part in parts), pl.Series([0.0]))
    read = pl.DataFrame(parts).select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return total.set(~read, None)

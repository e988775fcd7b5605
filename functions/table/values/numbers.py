"""Numbers as people and programs write them; docs/prepare.md lists the rules."""

import polars as pl

from table.values.durations import CLOCKED

# Digits in groups of three, as 1,234,567.89, with a currency or per cent sign allowed.
_SIGN = r"[$€£¥]?\s?[+-]?[$€£¥]?\s?"
_UNIT = r"\s?[%$€£¥]?"
GROUPED = rf"^{_SIGN}(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]*)?{_UNIT}$"
_DECIMALS = r"(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?"
# The decimal comma, as 1.234.567,89 or 3,5.
# Groups may be apart by a blank that breaks no line, as French programs write it.
COMMA = rf"^{_SIGN}(?:[0-9]{{1,3}}(?:[. '\u00a0\u202f][0-9]{{3}})+|[0-9]+){_DECIMALS}{_UNIT}$"
# What is a plain number, but has groups of three in a column of decimal commas.
POINTED = r"^[+-]?[0-9]{1,3}\.[0-9]{3}$"
_NOT_NUMBER = r"[^0-9.eE+-]"
# XGBoost holds numbers in 32 bits, and refuses what is infinite there.
_LARGEST = (2 - 2.0**-23) * 2.0**127


def plain(values: pl.Series) -> pl.Series:
    """Read numbers as a computer writes them, 12, -1.5, 3e-7; null for all else, and infinity."""
    numbers = values.cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_between(-_LARGEST, _LARGEST), None)


def infinite(values: pl.Series) -> pl.Series:
    """Tell which values are numbers, but infinite in 32 bits."""
    numbers = values.cast(pl.Float64, strict=False)
    outside = ~numbers.is_between(-_LARGEST, _LARGEST) & ~numbers.is_nan()
    return outside.fill_null(value=False)


def grouped(values: pl.Series) -> pl.Series:
    """Read numbers such as 1,234.5, $3 or 45%; null for all else."""
    kept = values.set(~values.str.contains(GROUPED), None)
    return plain(kept.str.replace_all(_NOT_NUMBER, ""))


def comma(values: pl.Series) -> pl.Series:
    """Read numbers with a decimal comma, such as 3,5 or 1.234,5; null for all else."""
    kept = values.set(~values.str.contains(COMMA), None)
    digits = kept.str.replace_all(r"[^0-9,eE+-]", "").str.replace(",", ".", literal=True)
    return plain(digits)


def numbers(values: pl.Series, style: str) -> pl.Series:
    """Read stripped values as numbers.

    Parameters
    ----------
    style : "plain", "grouped" or "comma"; each also reads what "plain" does,
        except that a comma column's 1.234 is a group of thousands. "duration" (in seconds)
        and "clock" (in minutes since midnight) read nothing else.
    """
    if style in CLOCKED:
        return CLOCKED[style](values)
    first = plain(values)
    if style == "comma":
        return comma(values).fill_null(first)
    if style == "plain" or first.null_count() == values.null_count():
        return first
    return first.fill_null(grouped(values))

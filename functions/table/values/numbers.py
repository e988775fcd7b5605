"""Numbers as people and programs write them; docs/prepare.md lists the rules."""

import polars as pl

from table.values.durations import CLOCKED

# As grouped and decimal signs are written in the world: CLDR's number formats, and what
# spreadsheets and accounting programs make of them. A currency or per cent sign is allowed.
_SIGN = r"[$€£¥]?\s?[+-]?[$€£¥]?\s?"
_UNIT = r"\s?[%$€£¥]?"
_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
# 1,234,567.89; Indian 12,34,567; Swiss 1'234.50; French and ISO 1 234.5. No group of thousands
# begins with a zero: 0,500 is a half.
_GROUPS = (
    r"(?:[1-9][0-9]{0,2}(?:,[0-9]{2,3})*,[0-9]{3}"
    r"|[1-9][0-9]{0,2}(?:['\u2019 \u00a0\u202f\u2009][0-9]{3})+|[0-9]+)"
)
_POINT = rf"(?:{_GROUPS}(?:\.[0-9]*)?|\.[0-9]+){_EXPONENT}"
_GROUPED = rf"^{_SIGN}{_POINT}{_UNIT}$"
_DECIMALS = rf"(?:,[0-9]*)?{_EXPONENT}"
# The decimal comma, as 1.234.567,89 or 3,5.
# Groups may be apart by a blank that breaks no line, as French programs write it.
_COMMA = (
    rf"^{_SIGN}(?:[1-9][0-9]{{0,2}}(?:[. '\u2019\u00a0\u202f\u2009][0-9]{{3}})+|[0-9]+)"
    rf"{_DECIMALS}{_UNIT}$"
)
# What is a plain number, but has groups of three in a column of decimal commas.
POINTED = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
# A unit behind each number, as in 23.4 kmpl, 34 days, 90 km/h, 12 m2.
_NUMBER_AND_UNIT = r"^(.*[0-9.])\s?((?:[A-Za-zµμ°]{1,10}[23²³]?)(?:/[A-Za-z]{1,5}[23²³]?)?)$"
_UNITS = "unit:"
_LAKH, _CRORE = 1e5, 1e7
_SCALES = (
    dict.fromkeys(("k", "K", "tsd", "thousand"), 1e3)
    | dict.fromkeys(("M", "Mio", "mio", "mn", "mln", "million", "Million"), 1e6)
    | dict.fromkeys(("B", "bn", "Bn", "Mrd", "billion", "Billion"), 1e9)
    | {"lakh": _LAKH, "Lakh": _LAKH, "crore": _CRORE, "Crore": _CRORE, "Cr": _CRORE}
)
SCALED = "k, M"
"""Stands for all suffixes that multiply: 1.2k and 3.4M are numbers of one column."""
# Before a number: US$, R$, Rs. 50, USD 1,234. A point of Rs. is no decimal point.
_CURRENCIES = (
    r"^([+\-(]?)\s?(?:(?:[A-Z]{1,3})?[$€£¥]|[₹₽₩₺₫₪฿]|Rs\.?|kr\.?|"
    r"USD|EUR|GBP|CHF|INR|JPY|CNY|AUD|CAD|BRL|SEK|NOK|DKK|PLN)\s?([+\-(]?\s?[0-9.].*)$"
)
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


def as_signed(values: pl.Series) -> pl.Series:
    """Write what some programs make of a number with a sign in front and a plain exponent.

    (1,234.56) and 123- of accounting programs, '-45 and ="45.5" of spreadsheets, U+2212 of
    typesetters, 1.5D+03 of Fortran; without a currency before it.
    """
    return (
        values.str.replace(r'^="(.*)"$', "$1")
        .str.replace(r"^'([+\-\u2212(.0-9$€£¥].*)$", "$1")
        .str.replace_all("\u2212", "-", literal=True)
        .str.replace(_CURRENCIES, "$1$2")
        .str.replace(r"^([$€£¥]?)\(([^()]*[0-9][^()]*)\)$", "-$1$2")
        .str.replace(r"^([^+\-]*[0-9.%])-$", "-$1")
        .str.replace(r"([0-9.])[dD]([+-]?[0-9]+)$", "${1}e$2")
    )


def grouped(signed: pl.Series) -> pl.Series:
    """Read what `as_signed` wrote of 1,234.5, $3, 45% or (12.50); null for all else."""
    kept = signed.set(~signed.str.contains(_GROUPED), None)
    return plain(kept.str.replace_all(_NOT_NUMBER, ""))


def comma(signed: pl.Series) -> pl.Series:
    """Read what `as_signed` wrote of 3,5, 1.234,5 or 12,5-; null for all else."""
    kept = signed.set(~signed.str.contains(_COMMA), None)
    digits = kept.str.replace_all(r"[^0-9,eE+-]", "").str.replace(",", ".", literal=True)
    return plain(digits)


def units_of(signed: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Part what `as_signed` wrote of a number with a unit behind it.

    Returns
    -------
    The numbers, and their units; null for all else. What multiplies is one unit, and its numbers
    are multiplied: 1.2k is 1200.
    """
    parts = signed.str.extract_groups(_NUMBER_AND_UNIT).struct.unnest()
    read, units = grouped(parts.to_series(0)), parts.to_series(1)
    # Few columns have any, and to look each unit up is slow.
    if not _SCALES.keys().isdisjoint(units.unique().to_list()):
        factors = units.replace_strict(_SCALES, default=None, return_dtype=pl.Float64)
        read = read * factors.fill_null(1.0)
        units = units.set(factors.is_not_null(), SCALED)
    return read, units.set(read.is_null(), None)


def style_of_unit(unit: str) -> str:
    """Return the style of numbers with a unit behind them."""
    return f"{_UNITS}{unit}"


def unit_of(style: str) -> str | None:
    """Return the unit of a style; None if it has none."""
    return style.removeprefix(_UNITS) if style.startswith(_UNITS) else None


def numbers(values: pl.Series, style: str) -> pl.Series:
    """Read stripped values as numbers.

    Parameters
    ----------
    style : "plain", "grouped", "comma" or that of a unit; each also reads what "plain" does,
        except that a comma column's 1.234 is a group of thousands. "duration" and "span" (in
        seconds) and "clock" (in minutes since midnight) read nothing else.
    """
    if style in CLOCKED:
        return CLOCKED[style](values)
    first = plain(values)
    if style == "comma":
        return comma(as_signed(values)).fill_null(first)
    if style == "plain" or first.null_count() == values.null_count():
        return first
    signed = as_signed(values)
    if (unit := unit_of(style)) is not None:
        read, found = units_of(signed)
        return first.fill_null(read.set((found != unit).fill_null(value=True), None))
    return first.fill_null(grouped(signed))

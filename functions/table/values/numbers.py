"""Numbers as people and programs write them; docs/prepare.md lists the rules."""

import polars as pl

from table.values.durations import CLOCKED
from table.values.units import SCALED, has_comma, unit_key, unit_of

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
_NUMBER_AND_UNIT = r"^(.*[0-9.,])\s?((?:[A-Za-zµμ°]{1,10}[23²³]?)(?:/[A-Za-z]{1,5}[23²³]?)?)\.?$"
_LAKH, _CRORE = 1e5, 1e7
_SCALES = (
    dict.fromkeys(("k", "K", "tsd", "Tsd", "TSD", "thousand"), 1e3)
    | dict.fromkeys(("M", "Mio", "mio", "MIO", "mn", "mln", "million", "Million"), 1e6)
    | dict.fromkeys(("B", "bn", "Bn", "Mrd", "billion", "Billion"), 1e9)
    | {"lakh": _LAKH, "Lakh": _LAKH, "crore": _CRORE, "Crore": _CRORE, "Cr": _CRORE}
)
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


def units_of(signed: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Part what `as_signed` wrote of a number with a unit behind it.

    Returns
    -------
    The numbers with decimal points, those with decimal commas, and their units; null for all
    else. What multiplies is one unit, and its numbers are multiplied: 1.2k is 1200.
    """
    parts = signed.str.extract_groups(_NUMBER_AND_UNIT).struct.unnest()
    texts, units = parts.to_series(0), parts.to_series(1)
    points, commas = grouped(texts), comma(texts)
    # Few columns have any, and to look each unit up is slow.
    if not _SCALES.keys().isdisjoint(units.unique().to_list()):
        factors = units.replace_strict(_SCALES, default=None, return_dtype=pl.Float64)
        points, commas = (read * factors.fill_null(1.0) for read in (points, commas))
        units = units.set(factors.is_not_null(), SCALED)
    return points, commas, units.set(points.is_null() & commas.is_null(), None)


def numbers(values: pl.Series, style: str) -> pl.Series:
    """Read stripped values as numbers.

    Parameters
    ----------
    style : "plain", "grouped", "comma" or that of a unit; each also reads what "plain" does,
        except that a comma column's 1.234 is a group of thousands, and that of a unit what
        "grouped" or "comma" does. "duration" and "span" (in seconds) and "clock" (in minutes
        since midnight) read nothing else.
    """
    if style in CLOCKED:
        return CLOCKED[style](values)
    first, commas = plain(values), has_comma(style)
    if style == "plain" or (not commas and first.null_count() == values.null_count()):
        return first
    signed = as_signed(values)
    first = comma(signed).fill_null(first) if commas else first.fill_null(grouped(signed))
    unit = unit_of(style)
    if unit is None or first.null_count() == values.null_count():
        return first
    points, with_commas, units = units_of(signed)
    # Spellings of one unit are one: 1 day beside 34 days.
    same = [text for text in units.drop_nulls().unique() if unit_key(text) == unit_key(unit)]
    read = with_commas if commas else points
    return first.fill_null(read.set(~units.is_in(same).fill_null(value=False), None))

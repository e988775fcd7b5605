"""The signs of currencies and of per cent that stand before or behind numbers."""

import polars as pl

from pipeline.documents.chunk_profile import ColumnProfile
from table.profiling.numeric import numbers_of
from table.profiling.tally import Tally
from table.values.units import measure

_SIGN = r"([%$€£¥₹₽₩₺₫₪฿]|Rs|kr|USD|EUR|GBP|CHF|INR|JPY|CNY|AUD|CAD|BRL|SEK|NOK|DKK|PLN)"


def add_signs(found: ColumnProfile, rest: Tally, read: pl.Series) -> None:
    """Sum up numbers that are no plain ones by the sign that they have; "" is none.

    Parameters
    ----------
    rest : the values.
    read : the number that each is; null for all else.
    """
    there = read.is_not_null()
    if not there.any():
        return
    numbers = rest.where(there).read_as(read.filter(there))
    signs = rest.values.filter(there).str.extract(_SIGN).fill_null("")
    by_name: dict[str, pl.Series] = {}
    for text in signs.unique().sort():
        name = measure(text) or text
        same = signs == text
        by_name[name] = by_name[name] | same if name in by_name else same
    found["signs"] = {name: numbers_of(numbers.where(same)) for name, same in by_name.items()}

"""Which sign parts decimals in a file: decided by all its columns together.

A program writes all numbers of a file in one way, so that `75,4` in one column says what
`1.013` is in another. The delimiter decides where no column does: a file of semicolons has
decimal commas, or it would have been written with commas.
"""

from collections.abc import Iterable
from math import isclose

from pipeline.documents.chunk_profile import ColumnProfile, Numbers
from pipeline.vocabulary import DecimalSign
from table.profiling.texts import with_units

# The largest number that is written alike with and without a sign for thousands.
_UNGROUPED = 1000


def has_decimal_comma(
    columns: Iterable[ColumnProfile], delimiter: str, said: str | None = None
) -> bool:
    """Decide for a file.

    Parameters
    ----------
    columns : merged profiles.
    said : the sign that the settings name, whatever the columns tell.
    """
    sign = said or decimal_sign(columns)
    return delimiter == ";" if sign is None else sign == ","


def decimal_sign(columns: Iterable[ColumnProfile]) -> DecimalSign | None:
    """Return the sign that parts decimals as the columns say; None if they say both or nothing."""
    commas = points = False
    for column in columns:
        grouped, comma = (
            _count(column["numbers"].get("comma" if read else "grouped"))
            + sum(numbers["count"] for numbers in with_units(column, comma=read).values())
            for read in (False, True)
        )
        # 3,5 and 1.234,5 are numbers with a decimal comma only, 1,234.5 with a point only.
        commas |= comma > grouped
        points |= bool(column.get("dots")) or grouped > comma
    if commas == points:
        return None
    return "," if commas else "."


def sign_of_either(
    found: ColumnProfile, delimiter: str, *, target: bool = False
) -> DecimalSign | None:
    """Return the sign in a column's numbers that could part decimals, or thousands.

    It stands before three digits wherever it stands, beside whole numbers too small for it, as
    in 910 and 1.199. Where all numbers have it, both readings differ by a factor alone, which
    changes no feature, and where larger ones do without, it parts no thousands.

    Parameters
    ----------
    target : whether it is the target, whose factor matters; a file of commas has decimal points.
    """
    numbers = found["numbers"]
    plain, pointed = numbers.get("plain"), numbers.get("pointed")
    grouped, comma = numbers.get("grouped"), numbers.get("comma")
    factor = target and delimiter != ","
    if found.get("dots") or (plain and max(-plain["min"], plain["max"]) >= _UNGROUPED):
        return None
    if plain is None and not factor:
        return None
    if plain and pointed is not None:
        mixed = factor or found.get("thousands", 0) < plain["count"]
        return "." if mixed and grouped is None and comma is None else None
    if grouped is None or comma is None:
        return None
    # 45% is read alike by both: it has no such sign.
    alike = isclose(grouped["mean"], comma["mean"]) and grouped["whole"] == comma["whole"]
    return "," if grouped["count"] == comma["count"] and not alike else None


def _count(numbers: Numbers | None) -> int:
    return numbers["count"] if numbers else 0

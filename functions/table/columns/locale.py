"""Which sign parts decimals in a file: decided by all its columns together.

A program writes all numbers of a file in one way, so that `75,4` in one column says what
`1.013` is in another. The delimiter decides where no column does: a file of semicolons has
decimal commas, or it would have been written with commas.
"""

from collections.abc import Iterable

from pipeline.documents.chunk_profile import ColumnProfile, Numbers


def has_decimal_comma(columns: Iterable[ColumnProfile], delimiter: str) -> bool:
    """Decide for a file.

    Parameters
    ----------
    columns : merged profiles.
    """
    commas = points = False
    for column in columns:
        grouped, comma = (_count(column["numbers"].get(name)) for name in ("grouped", "comma"))
        # 3,5 and 1.234,5 are numbers with a decimal comma only, 1,234.5 with a point only.
        commas |= comma > grouped
        points |= bool(column.get("dots")) or grouped > comma
    if commas != points:
        return commas
    return delimiter == ";"


def _count(numbers: Numbers | None) -> int:
    return numbers["count"] if numbers else 0

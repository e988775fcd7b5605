"""Records that repeat the header: files that were put together have one for each of them."""

from collections.abc import Sequence

import polars as pl

from table.reading.dialect import Dialect

_NAME = r"^[^0-9]*\p{L}[^0-9]*$"
# What people write for a number that they lack.
_NO_VALUE = (
    r"(?i)^\s*(?:unknown|none|null|nil|nan|missing|suppressed|refused|error|tb[acd]|n\W?[av]\b.*|"
    r"(?:not|no|too|below|above|less|more)\b.*)\s*$"
)


def likely(
    data: bytes, dialect: Dialect, width: int, headers: Sequence[list[str]]
) -> list[list[str]]:
    """Return the headers of so many columns that rows may repeat; nearly always none.

    Parameters
    ----------
    data : the bytes that the rows are read from, which tell at once that there is none.
    headers : texts without blanks around them.
    """
    # A quote in a text is doubled in the bytes.
    return [
        header
        for header in headers
        if len(header) == width
        and (dialect.quote in (text := max(header, key=len)) or text.encode() in data)
    ]


def repeats(frame: pl.DataFrame, headers: Sequence[list[str]]) -> pl.Series | None:
    """Tell which rows have the texts of the header, or of a line under it.

    Parameters
    ----------
    headers : as wide as the frame.

    Returns
    -------
    Booleans; None if there is none, as nearly always.
    """
    found: pl.Series | None = None
    for header in headers:
        at = max(range(len(header)), key=lambda number: len(header[number]))
        near = frame.to_series(at).str.contains(header[at], literal=True).fill_null(value=False)
        rows = near.arg_true()
        if not len(rows):
            continue
        same = frame[rows].select(
            pl.all_horizontal(
                pl.col(name).str.strip_chars() == field
                for name, field in zip(frame.columns, header, strict=True)
            )
        )
        equal = near.clone().scatter(rows, same.to_series())
        found = equal if found is None else found | equal
    return found if found is not None and found.any() else None


def other_headers(frame: pl.DataFrame, numbers: list[int]) -> pl.Series:
    """Return the numbers of rows that look like the header of another table.

    Parameters
    ----------
    numbers : positions of columns that are numbers in the file's first rows; at least two.

    Returns
    -------
    Rows with a text in each field, all different, and without digits above the numbers.
    """
    rows = pl.int_range(len(frame), dtype=pl.UInt32, eager=True)
    for at in numbers:
        texts = frame.to_series(at)[rows]
        rows = rows.filter(texts.str.contains(_NAME) & ~texts.str.contains(_NO_VALUE))
        if not len(rows):
            return rows
    names = frame[rows].select(
        pl.all_horizontal(pl.all().str.strip_chars() != "")
        & (pl.concat_list(pl.all()).list.n_unique() == frame.width)
    )
    return rows.filter(names.to_series())


def of_other_width(
    records: pl.Series,
    fields: pl.Series,
    width: int,
    dialect: Dialect,
    headers: Sequence[list[str]],
) -> list[int]:
    """Return the numbers of records that repeat a header which is not as wide as the rows.

    Parameters
    ----------
    records : as they are read from the file, each a text.
    fields : how many each has.
    """
    found = set()
    for header in headers:
        if len(header) == width:
            continue
        text = max(header, key=len)
        near = (fields == len(header)) & records.str.contains(text, literal=True)
        for number in near.arg_true():
            fields_there = next(dialect.reader(records[number]), [])
            if [field.strip() for field in fields_there] == header:
                found.add(int(number))
    return sorted(found)

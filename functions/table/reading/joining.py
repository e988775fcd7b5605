"""The lines of each record put together, as polars can read them."""

import polars as pl

from table.reading.dialect import Dialect
from table.reading.quotes import quote_lines


def joined(lines: pl.Series, tidy: pl.Series, dialect: Dialect) -> tuple[pl.Series, pl.Series]:
    """Put the lines of each record together, quoted as RFC 4180 has it.

    Returns
    -------
    records, and the number of the first line of each.
    """
    states = quote_lines(lines, dialect)
    inside = (
        pl.DataFrame({"line": states.index, "inside": states.after_outside})
        .join(
            pl.DataFrame({"line": pl.int_range(len(lines), dtype=pl.UInt32, eager=True)}),
            on="line",
            how="right",
            maintain_order="right",
        )["inside"]
        .forward_fill()
        .shift(1)
        .fill_null(value=False)
    )
    starts = (~inside).arg_true()
    ends = starts.shift(-1).fill_null(len(lines))
    simple = (ends - starts == 1) & tidy.gather(starts)
    records = lines.gather(starts)
    hard = (~simple).arg_true()
    texts = [
        _rewritten("\n".join(lines[begin:end]), dialect)
        for begin, end in zip(starts.gather(hard), ends.gather(hard), strict=True)
    ]
    return records.clone().scatter(hard, pl.Series(texts, dtype=pl.String)), starts


def _rewritten(record: str, dialect: Dialect) -> str:
    quote = dialect.quote
    fields = next(dialect.reader(record), [])
    return dialect.delimiter.join(
        quote + text.replace(quote, quote * 2) + quote
        # polars drops a byte order mark that its buffer begins with, unless it is quoted.
        if quote in text or dialect.delimiter in text or "\n" in text or text[:1] == "\ufeff"
        else text
        for text in fields
    )

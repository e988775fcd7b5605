"""Lines that a stray quote takes into a field, though they look like records."""

from dataclasses import dataclass, field

import polars as pl

from table.limits import BAD_LINES_SHOWN
from table.reading.dialect import Dialect
from table.reading.quotes import patterns_of

# Prose has a comma or two in a line; and as many lines of it with the same number are rare.
_NARROWEST = 3
_MEANT = 5


@dataclass(frozen=True)
class Spots:
    """How many of something there are, and on which lines the first are, from 0 in the piece."""

    count: int = 0
    lines: list[int] = field(default_factory=list)


def swallowed_lines(lines: pl.Series, first: pl.Series, dialect: Dialect, width: int) -> Spots:
    """Find lines that look like records and stand in the quotes of a record that began above.

    All lines of such a record but the last have the delimiters of a whole row. If its quotes are
    in order, so that it may be meant, it takes more of them.
    """
    ends = first.shift(-1).fill_null(len(lines))
    found = pl.DataFrame({"begin": first, "end": ends}).filter(
        (ends - first > 1)
        & (lines.gather(first).str.count_matches(dialect.delimiter, literal=True) == width - 1)
    )
    if not len(found) or width < _NARROWEST:
        return Spots()
    delimiters = lines.str.count_matches(dialect.delimiter, literal=True)
    texts, whole = [], []
    for begin, end in found.rows():
        own = delimiters.slice(begin, end - begin)
        whole.append(bool((own[:-1] == width - 1).all()) and own[-1] >= width - 1)
        texts.append("\n".join(lines.slice(begin, end - begin)) if whole[-1] else "")
    ordered = pl.Series(texts, dtype=pl.String).str.contains(patterns_of(dialect).strict)
    taken = found["end"] - found["begin"] - 1
    sure = pl.Series(whole, dtype=pl.Boolean) & (~ordered | (taken >= _MEANT))
    return Spots(
        int(taken.filter(sure).sum()),
        found["begin"].filter(sure).head(BAD_LINES_SHOWN).to_list(),
    )

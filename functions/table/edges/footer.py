"""The last records of a file that are no rows: totals, sources, who made it and when."""

import re
from dataclasses import dataclass

from pipeline.documents.plan import Footer
from pipeline.storage.bucket import Source
from table.reading.dialect import Dialect

_TAIL_BYTES = 64 * 1024
_MOST_RECORDS = 20
_ROWS = 200
_FEWEST_ROWS = 3
_TEXTS_SHOWN = 3
_TOTAL = re.compile(
    r"(?:grand|sub|overall|column|report|running)?[ -]?totals?|total(?: général| general|e)?|"
    r"totaux|totale complessivo|totalen|totaal|eindtotaal|gesamt(?:ergebnis|summe)?|insgesamt|"
    r"summe|sum(?:ma)?|suma|somme|average|avg|mean|median|"
    r"(?:grand |sub)?totals? ?[:(].*|totals? of .*",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:data )?sources?\b|generated\b|created\b|exported\b|produced\b|printed\b|prepared by\b|"
    r"notes?\b|report\b|page \d|data from\b|last updated?\b|updated\b|retrieved\b|downloaded\b|"
    r"as of\b|end of\b|copyright\b|©|\(c\)|\*|#|https?:|disclaimer\b|footnotes?\b|"
    r"\d[\d,.]* (?:rows?|records?|lines?)\b|(?:rows?|records?|number of \w+) ?[:=]|"
    r"\(\d+ rows? affected\)|quelle\b|erstellt\b|stand\b|hinweis\b|fuente\b|fonte\b|bron\b",
    re.IGNORECASE,
)
_DRAWN = re.compile(r"[-=_*+ ]*")
_WORDS = 3
# Share of rows above that may be as empty: subtotals, mostly.
_AS_FEW = 0.1


@dataclass(frozen=True)
class Tail:
    """The records at the end of a file; begins has the offset of each in the file."""

    records: list[list[str]]
    begins: list[int]


def find_footer(
    source: Source, begin: int, dialect: Dialect, width: int
) -> tuple[int, Footer] | None:
    """Look for a footer in the last bytes of a file.

    Parameters
    ----------
    begin : offset of the first record.
    width : number of columns.

    Returns
    -------
    Where it begins, in bytes, and what it says; None if there is none as wide as the table.
    """
    tail = _tail(source, begin, dialect)
    if tail is None:
        return None
    found = _first_of_footer([[f.strip() for f in r] for r in tail.records], width)
    if found is None:
        return None
    texts = [dialect.delimiter.join(r) for r in tail.records[found:] if any(map(str.strip, r))]
    return tail.begins[found], {
        "records": len(tail.records) - found,
        "texts": texts[:_TEXTS_SHOWN],
    }


def _tail(source: Source, begin: int, dialect: Dialect) -> Tail | None:
    """Read the records at the end, from the first line that is outside quotes in any case."""
    start = max(begin, source.size - _TAIL_BYTES)
    raw = source.read(start, source.size)
    newline = dialect.newline.encode()
    if b"\0" in raw:
        return None
    if start > begin:
        cut = raw.find(newline) + 1
        raw, start = raw[cut:], start + cut
        if not cut:
            return None
    lines = dialect.text_of(raw).decode().removesuffix("\n").split("\n")
    first = _first_outside(lines, dialect, known=start == begin)
    if first is None:
        return None
    reader = dialect.reader("\n".join(lines[first:]))
    records, numbers, line = [], [], first
    for record in reader:
        if any(f.strip() for f in record) or len(record) > 1:
            records.append(record)
            numbers.append(line)
        line = first + reader.line_num
    last = numbers[-_MOST_RECORDS:]
    lengths = [len(line) + 1 for line in raw.split(newline)]
    begins = [0] * (len(numbers) - len(last)) + [start + sum(lengths[:n]) for n in last]
    return Tail(records, begins)


def _first_outside(lines: list[str], dialect: Dialect, known: bool) -> int | None:
    """Return the first line that begins outside quotes, whatever stands before the first of all.

    Parameters
    ----------
    known : the first of all begins outside quotes.

    Returns
    -------
    None if there is none, or if the last line ends inside: Fit says where such a quote opens.
    """
    outside, inside = False, not known and any(dialect.quote in line for line in lines)
    first = None if inside else 0
    for number, line in enumerate(lines, 1):
        if dialect.quote in line:
            outside, inside = (_ends_inside(line, s, dialect) for s in (outside, inside))
        if first is None and not outside and not inside:
            first = number
    return None if outside else first


def _ends_inside(line: str, began_inside: bool, dialect: Dialect) -> bool:
    """Follow a reader through a line; this small step, unlike polars, costs Plan no import."""
    state = "quoted" if began_inside else "begin"
    for char in line:
        if state == "quoted":
            state = "closing" if char == dialect.quote else state
        elif char == dialect.delimiter:
            state = "begin"
        elif char == dialect.quote and state in ("begin", "closing"):
            state = "quoted"
        elif char != " " or state != "begin" or not dialect.skip_space:
            state = "plain"
    return state == "quoted"


def _first_of_footer(records: list[list[str]], width: int) -> int | None:
    """Return the number of the record with which the footer begins."""
    most = min(_MOST_RECORDS, len(records) - _FEWEST_ROWS)
    first = None
    for number in range(len(records) - 1, len(records) - 1 - most, -1):
        fields = records[number]
        above = [r for r in records[max(0, number - _ROWS) : number] if len(r) == width]
        drawn = _drawn(fields)
        if len(fields) == width and (_is_footer(fields, above) or (drawn and first is not None)):
            first = number
        elif len(fields) == width and not drawn:
            break
    return first


def _is_footer(fields: list[str], above: list[list[str]]) -> bool:
    """Tell a total or a note that is as wide as the table from a row."""
    filled = [f for f in fields if f]
    if not filled or len(above) < _FEWEST_ROWS:
        return False
    at = fields.index(filled[0])
    text = filled[0].rstrip(" :.*")
    if _TOTAL.fullmatch(text):
        # A name that recurs is one of the column's values, or that of parts of the whole.
        return not _recurs(at, above) or _sparse(fields, above)
    if not _sparse(fields, above):
        return False
    pair = len(filled) == 2 and (filled[0].endswith(":") or bool(_NOTE.match(text)))
    alone = len(filled) == 1 and (bool(_NOTE.match(text)) or len(text.split()) >= _WORDS)
    return pair or alone


def _recurs(at: int, above: list[list[str]]) -> bool:
    """Return whether totals stand above, but for those right above."""
    totals = [bool(_TOTAL.fullmatch(row[at].rstrip(" :.*"))) for row in above]
    while totals and (totals[-1] or _drawn(above[len(totals) - 1])):
        totals.pop()
    return any(totals)


def _drawn(fields: list[str]) -> bool:
    """Return whether a record is blank or a line of dashes."""
    return all(map(_DRAWN.fullmatch, fields))


def _sparse(fields: list[str], above: list[list[str]]) -> bool:
    """Return whether fewer fields are filled than in nearly all rows above."""
    filled = sum(map(bool, fields))
    as_few = sum(sum(map(bool, row)) <= filled for row in above)
    return as_few <= _AS_FEW * len(above)

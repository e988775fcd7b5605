"""A chunk's records, a block of lines at a time: short lines take twenty times their bytes."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_BLOCK_BYTES = 4 << 20
Block = tuple[list[bytes], list[int | None]]
"""Records, and the number of fields of each; None of a blank line."""


@dataclass(frozen=True)
class Spans:
    """Where records lie: first and last line, and number of fields, 0 of a repeated header."""

    first: Sequence[int]
    last: Sequence[int]
    fields: Sequence[int]

    @classmethod
    def of_words(cls, body: bytes) -> "Spans":
        """Read what Encode wrote: three lists of 32-bit words, one after the other.

        Raises
        ------
        ValueError
            They are no such lists.
        """
        words = array("I", body)
        if len(words) % 3:
            raise ValueError(f"{len(words)} words are no three lists of one length")
        size = len(words) // 3
        return cls(words[:size], words[size : 2 * size], words[2 * size :])


def blocks_of(raw: bytes, newline: bytes, spans: Spans | None, width: int) -> Iterator[Block]:
    """Yield the records of a chunk; lines lie in no order but theirs.

    Parameters
    ----------
    raw : whole records.
    spans : None if each line is a row.
    width : fields of a row.

    Raises
    ------
    ValueError
        There are fewer lines than the spans tell of.
    """
    lines = _lines(raw, newline)
    if spans is not None:
        yield from _of_spans(lines, newline, spans)
        return
    for some in lines:
        yield some, [width] * len(some)


def _lines(raw: bytes, newline: bytes) -> Iterator[list[bytes]]:
    if not raw:
        return
    at, size = 0, len(raw) - (len(newline) if raw.endswith(newline) else 0)
    while at <= size:
        end = raw.find(newline, at + _BLOCK_BYTES)
        end = size if end < 0 else end
        yield raw[at:end].split(newline)
        at = end + len(newline)


def _of_spans(lines: Iterable[list[bytes]], newline: bytes, spans: Spans) -> Iterator[Block]:
    """Put lines together to records; what is between them is blank."""
    waiting: list[bytes] = []
    base = number = 0
    for some in lines:
        waiting += some
        records: list[bytes] = []
        fields: list[int | None] = []
        at = 0
        while number < len(spans.last) and spans.last[number] - base < len(waiting):
            first, last = spans.first[number] - base, spans.last[number] - base
            records += waiting[at:first]
            fields += [None] * (first - at)
            records.append(newline.join(waiting[first : last + 1]))
            fields.append(spans.fields[number])
            at, number = last + 1, number + 1
        yield records, fields
        del waiting[:at]
        base += at
    if number < len(spans.last):
        raise ValueError(f"{base + len(waiting)} lines, and a record in line {spans.last[number]}")
    yield waiting, [None] * len(waiting)

"""Passes over much text a few MiB at a time: all at once would be one more copy of a chunk.

Memory that is used again costs nothing; what is new, the kernel clears page by page.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

from table.limits import MIB

SLICE_BYTES = 4 * MIB
_Found = TypeVar("_Found")


def in_slices(
    data: bytes, newline: bytes, begin: int, end: int, work: Callable[[bytes], _Found]
) -> list[_Found]:
    """Apply a function to slices of whole lines, in order; the last may lack its line's end.

    Parameters
    ----------
    begin, end : of the lines in data; end is exclusive.
    """
    spans = list(_spans(data, newline, begin, end))
    if len(spans) <= 1:
        return [work(data[slice(*span)]) for span in spans]
    # polars searches a series in one thread, and lets go of Python's lock while it does.
    with ThreadPoolExecutor(min(pl.thread_pool_size(), len(spans))) as pool:
        return list(pool.map(lambda span: work(data[slice(*span)]), spans))


def _spans(data: bytes, newline: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while end - begin > SLICE_BYTES:
        stop = data.rfind(newline, begin, begin + SLICE_BYTES) + 1
        # A line that is longer is a slice of its own.
        stop = stop or data.find(newline, begin, end) + 1 or end
        yield begin, stop
        begin = stop
    if begin < end:
        yield begin, end

"""Which rows were commented out with a # before them, by how the first column is written."""

import re

from table.values.spellings import MISSING

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?")
_OF_NUMBERS = r"[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?"
_RUNS = re.compile(r"([0-9]+|[^\W\d_]+)")
# From here on a # belongs to the values: #12, #hashtag, #FF8800.
_ORDINARY = 0.05
# A column of more shapes and texts holds what people write, of which any may begin with a #.
_SHAPES = 60
_LONGEST = 40


def commented_rows(rows: list[list[str]], width: int) -> str | None:
    """Return the pattern of the first field of a row that was commented out.

    Parameters
    ----------
    rows : of the file's beginning.
    width : number of columns.

    Returns
    -------
    A pattern for Python and polars: a # and what other rows begin with, a number, a text of
    the same shape or the same text; None if a # may be part of the values.
    """
    first = [row[0].strip() for row in rows if len(row) == width]
    first = [text for text in first if text not in MISSING]
    marked = [text for text in first if text.startswith("#")]
    shapes = {_shape(text) for text in first if not text.startswith("#")}
    if not shapes or len(shapes) > _SHAPES or len(marked) > _ORDINARY * len(first):
        return None
    # Of a row in quotes the first are within the field, behind the #.
    pattern = rf"^\s*#+\s*[\"']?(?:{'|'.join(sorted(shapes))})[\"']?\s*$"
    return pattern if all(re.search(pattern, text) for text in marked) else None


def _shape(text: str) -> str:
    """Write a text as a pattern: of one with digits all of its shape, else itself."""
    if _NUMBER.fullmatch(text):
        return _OF_NUMBERS
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return re.escape(text)
    runs = _RUNS.split(text)
    return "".join(
        re.escape(run) if not at % 2 else "[0-9]+" if run[0].isdigit() else r"[^\W\d_]+"
        for at, run in enumerate(runs)
    )

"""Texts that a spreadsheet would run as formulas.

People open the table in a spreadsheet, which runs a cell as a formula if it begins with
one of a few characters, quoted or not (OWASP, CSV Injection). Such a text gets an
apostrophe in front, which makes it text there; `as_it_was` takes it off again.
"""

import re

_FORMULA = re.compile(r"'*(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])")
r"""What a spreadsheet may run: = + - @, their full-width forms, and what it drops before them.

Apostrophes before it count too: one more keeps what has one already apart from what got one.
"""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text, or for a number if it is one."""
    # Nearly all cells; a formula begins with none of these.
    if cell[:1].isalnum() or _NUMBER.fullmatch(cell) or not _FORMULA.match(cell):
        return cell
    return f"'{cell}"


def as_it_was(cell: str) -> str:
    """Return what `as_text` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell

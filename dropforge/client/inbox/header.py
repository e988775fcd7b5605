"""Looks for the target in a file's header, before anything is stored.

A light check: it speaks only when the header leaves no doubt, and leaves all else
(no header, titles above it, other encodings, several delimiters) to the pipeline,
which reads the whole file.
"""

import csv
import gzip
import re
import zlib
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import TargetMissingError

_BYTES = 256 * 1024
# The csv module refuses longer fields, unless another part of the program told it not to.
_LONGEST = 128 * 1024
_DELIMITERS = ",;\t|"
_NUMBER = re.compile(r"[+-]?[\d.,]+([eE][+-]?\d+)?\s?%?")
_MADE_UP = re.compile(r"row_names|column_\d+|.+_\d+")
"""Names that the pipeline gives to columns without one, or with one that occurs twice."""
_SHOWN = 20


def check_target(file: Path, target: str) -> None:
    """Refuse a target that is certainly no column of a file.

    Raises
    ------
    TargetMissingError
        The file has a plain header without it; the message suggests names that are near.
    """
    columns = columns_of(file)
    if columns is None or target.strip() in columns or _MADE_UP.fullmatch(target):
        return
    near = _near(target, columns)
    more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
    remedy = f"did you mean {' or '.join(map(repr, near))}?" if near else "name one of them."
    raise TargetMissingError(
        f"target {target!r} is no column of {file.name}; its columns are "
        f"{', '.join(columns[:_SHOWN])}{more}; {remedy} Nothing was stored."
    )


def columns_of(file: Path) -> list[str] | None:
    """Return the names in a CSV's first line, None if there is a doubt what they are."""
    text = _beginning(file)
    if text is None or "\0" in text:
        return None
    first, *rest = text.splitlines()[:3]
    found = [name for name in _DELIMITERS if name in first]
    # A record over several lines, or two delimiters: the pipeline looks closer.
    if len(found) != 1 or not rest or first.count('"') % 2 or "'" in first:
        return None
    if max(len(first), len(rest[0])) > _LONGEST:
        return None
    header, data = csv.reader([first, rest[0]], delimiter=found[0])
    names = [name.strip() for name in header]
    plain = all(names) and len(set(names)) == len(names) == len(data)
    if not plain or any(map(_NUMBER.fullmatch, names)) or names[0].startswith(("#", "sep=")):
        return None
    return names


def _beginning(file: Path) -> str | None:
    """Return the first whole lines of a file, None if it is no UTF-8 text."""
    try:
        with file.open("rb") as packed, _unpacked(packed, file.name) as source:
            raw = source.read(_BYTES)
        whole = raw if len(raw) < _BYTES else raw[: raw.rfind(b"\n") + 1]
        text = whole.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return None
    return text if text.strip() and not text[0].isspace() else None


def _unpacked(source: BinaryIO, name: str) -> BinaryIO:
    is_gzip = name.lower().endswith(".gz")
    return cast("BinaryIO", gzip.GzipFile(fileobj=source)) if is_gzip else source


def _near(target: str, columns: list[str]) -> list[str]:
    """Return the columns whose names are like the target's, capitals not counted."""
    lowered = {column.lower(): column for column in reversed(columns)}
    return [lowered[name] for name in get_close_matches(target.lower(), lowered, n=3)]

"""UBJSON as xgboost writes it, read so that a damaged or hostile file costs little.

ubjson.org's draft 12, of which xgboost writes objects, arrays, strings, numbers and strongly
typed arrays. A length is a claim: each is held against the bytes that are left before anything
of that length is made, and every object costs at least a byte and counts.
"""

from typing import Any

import numpy as np

MOST_VALUES = 2_000_000
"""Objects of Python that a file may become, names among them: about 200 MB. A tree has 30."""
MOST_DEPTH = 64
"""xgboost nests nine deep."""
_NUMBERS = {
    "i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8",
}  # fmt: skip
_WHOLE = "iUIlL"
_CONSTANTS = {"Z": None, "T": True, "F": False}


def read_ubjson(content: bytes | bytearray) -> Any:
    """Read the value that a file begins with.

    Raises
    ------
    ValueError
        It is no UBJSON, or would become too large.
    """
    return _Reader(content).value()


class _Reader:
    """Reads one UBJSON value."""

    def __init__(self, content: bytes | bytearray) -> None:
        self._content = content
        self._at = 0
        self._left = MOST_VALUES
        self._depth = 0

    def value(self) -> Any:
        return self._of(self._marker())

    def _marker(self) -> str:
        marker = self._peek()
        self._at += 1
        return marker

    def _of(self, marker: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise ValueError(f"more than {MOST_VALUES:,} values")
        if marker in "{[":
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise ValueError(f"nested more than {MOST_DEPTH} deep")
            found = self._object() if marker == "{" else self._array()
            self._depth -= 1
            return found
        if marker in _CONSTANTS:
            return _CONSTANTS[marker]
        if marker in "SH":
            return self._text()
        if marker == "C":
            return self._marker()
        return self._numbers(marker, 1)[0].item()

    def _numbers(self, marker: str, count: int) -> Any:
        if marker not in _NUMBERS:
            raise ValueError(f"no UBJSON marker: {marker!r}")
        kind = np.dtype(_NUMBERS[marker])
        self._require(count * kind.itemsize)
        numbers = np.frombuffer(self._content, kind, count, self._at)
        self._at += numbers.nbytes
        return numbers

    def _length(self) -> int:
        marker = self._marker()
        if marker not in _WHOLE:
            raise ValueError(f"no length: {marker!r}")
        length = int(self._numbers(marker, 1)[0])
        self._require(length)
        return length

    def _require(self, size: int) -> None:
        if not 0 <= size <= len(self._content) - self._at:
            raise ValueError(f"a length of {size:,} where {len(self._content) - self._at:,} are")

    def _text(self) -> str:
        size = self._length()
        self._at += size
        return bytes(self._content[self._at - size : self._at]).decode()

    def _object(self) -> dict[str, Any]:
        found = {}
        while self._peek() != "}":
            self._left -= 1
            name = self._text()
            found[name] = self.value()
        self._at += 1
        return found

    def _array(self) -> Any:
        kind = None
        if self._peek() == "$":
            self._at += 1
            kind = self._marker()
            # A type without content would make values out of nothing.
            if kind not in _NUMBERS:
                raise ValueError(f"an array of the type {kind!r}")
        if self._peek() == "#":
            self._at += 1
            count = self._length()
            if kind:
                return self._numbers(kind, count)
            return [self.value() for _ in range(count)]
        if kind:
            raise ValueError("an array with a type and no length")
        found = []
        while self._peek() != "]":
            found.append(self.value())
        self._at += 1
        return found

    def _peek(self) -> str:
        if self._at >= len(self._content):
            raise ValueError("it ends too early")
        return chr(self._content[self._at])

"""How a CSV is written: delimiter, quote, escape, line ends."""

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.documents.plan import DialectFacts, Newline
from table.limits import RECORD_LIMIT_BYTES
from table.reading.utf8 import to_lines, unescaped

if TYPE_CHECKING:
    from _csv import Reader

# Python's csv module refuses fields over 128 KiB otherwise. The limit holds for the whole
# process; it is set here because each step that reads with that module imports this one.
csv.field_size_limit(RECORD_LIMIT_BYTES)


@dataclass(frozen=True)
class Dialect:
    """How the bytes are to be read.

    Attributes
    ----------
    escape : a backslash if one before a quote makes the quote part of the text, else nothing.
    """

    delimiter: str = ","
    quote: str = '"'
    newline: Newline = "\n"
    skip_space: bool = False
    encoding: str = "utf-8"
    escape: str = ""

    def to_json(self) -> DialectFacts:
        """Return what ``Dialect(**value)`` takes."""
        facts: DialectFacts = {
            "delimiter": self.delimiter,
            "quote": self.quote,
            "newline": self.newline,
            "skip_space": self.skip_space,
            "encoding": self.encoding,
        }
        # Left out where there is none: so encoders stay as earlier versions wrote them.
        return {**facts, "escape": self.escape} if self.escape else facts

    def text_of(self, raw: bytes) -> bytes:
        r"""Return lines of the file as UTF-8 that ends lines with ``\n`` and doubles quotes."""
        return self.with_doubled_quotes(to_lines(raw, self.newline))

    def with_doubled_quotes(self, data: bytes) -> bytes:
        """Return UTF-8 with quotes doubled that a backslash escapes in the file."""
        return unescaped(data, self.quote) if self.escape else data

    def reader(self, text: str, *, strict: bool = False) -> "Reader":
        """Return Python's reader of the records of a text as `text_of` returns it.

        Parameters
        ----------
        strict : whether to raise csv.Error where quotes are not in order.
        """
        return csv.reader(
            io.StringIO(text, newline="\n"),
            delimiter=self.delimiter,
            quotechar=self.quote,
            skipinitialspace=self.skip_space,
            strict=strict,
        )

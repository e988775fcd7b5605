"""Fields that are added to a record, in the dialect of its file."""

from collections.abc import Iterable
from dataclasses import dataclass

from table.reading.dialect import Dialect


@dataclass(frozen=True)
class Writer:
    """Writes fields as a file writes its own.

    Attributes
    ----------
    encoding : of the bytes that they are added to.
    """

    dialect: Dialect
    encoding: str

    def field(self, text: str) -> str:
        """Return a field, in quotes if it needs them."""
        dialect, quote = self.dialect, self.dialect.quote
        special = (dialect.delimiter, quote, "\n", "\r")
        padded = dialect.skip_space and text[:1] == " "
        if not padded and not any(mark in text for mark in special):
            return text
        if dialect.escape:
            text = text.replace(dialect.escape, dialect.escape * 2)
        doubled = f"{dialect.escape or quote}{quote}"
        return f"{quote}{text.replace(quote, doubled)}{quote}"

    def added(self, fields: Iterable[str]) -> bytes:
        """Return what follows a record: a delimiter before each field."""
        return self.encoded("".join(f"{self.dialect.delimiter}{text}" for text in fields))

    def behind(self, line: bytes, text: bytes) -> bytes:
        r"""Put a text at the end of a line, before the ``\r`` of one that ends with ``\r\n``."""
        if self.dialect.newline == "\n" and line.endswith(b"\r"):
            return line[:-1] + text + b"\r"
        return line + text

    def encoded(self, text: str) -> bytes:
        """Return the bytes of a text; of one that the encoding lacks letters for, as UTF-8.

        That is how the application itself reads such files: byte by byte.
        """
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError:
            return text.encode()

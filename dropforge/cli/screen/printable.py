"""Keeps what others wrote (keys, columns, log lines) from steering the terminal."""

import re
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1: among them ESC and CSI
    r"\u2028-\u202e\u2066-\u2069"  # separators of lines, and what turns the order of letters
    r"\ud800-\udfff]"  # surrogates, which no terminal's encoding can write
)


def printable(text: str) -> str:
    r"""Show control characters as Python writes them, ``\x1b``; tabs and newlines stay."""
    return _UNSAFE.sub(lambda found: repr(found[0])[1:-1], text)


class PrintableConsole(Console):
    """A console that lets no control character through but its own."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render as usual, then make the text of all that is no control code printable."""
        for segment in super().render(renderable, options):
            if segment.control or not _UNSAFE.search(segment.text):
                yield segment
            else:
                yield Segment(printable(segment.text), segment.style)

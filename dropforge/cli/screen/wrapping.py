"""Folds text between words, so that a narrow terminal breaks none."""

import textwrap
from collections.abc import Collection, Mapping

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from dropforge.cli.screen.printable import printable

_INDENT = 2


class FactsText:
    """Names and values as two columns; a value of None or "" has no row.

    On a terminal a long value is folded between its words. A word is never broken, so
    that an ARN can be copied; nor is what `whole` names, a path or a command. What does
    not fit beside its name begins on the next line.
    """

    def __init__(self, rows: Mapping[str, str | None], whole: Collection[str] = ()) -> None:
        self._rows = {name: printable(value) for name, value in rows.items() if value}
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        indent = max(map(len, self._rows), default=0) + 2
        width = options.max_width if console.is_terminal else None
        for name, value in self._rows.items():
            beside = self._lines(name, value, indent, width)
            if width is None or max(map(len, beside)) + indent <= width:
                yield Text.assemble((name.ljust(indent), "bold"), beside[0])
                yield from (Text(" " * indent + line) for line in beside[1:])
            else:
                yield Text(name, style="bold")
                below = self._lines(name, value, _INDENT, width)
                yield from (Text(" " * _INDENT + line) for line in below)

    def _lines(self, name: str, value: str, indent: int, width: int | None) -> list[str]:
        room = None if width is None or name in self._whole else width - indent
        return [part for line in value.splitlines() for part in folded(line, room)]


def folded(line: str, width: int | None) -> list[str]:
    """Fold a line between words; a word that is longer than the width stays whole.

    Parameters
    ----------
    width : in characters; None folds nothing.
    """
    if width is None or len(line) <= width:
        return [line]
    parts = textwrap.wrap(line, max(width, 1), break_long_words=False, break_on_hyphens=False)
    return parts or [line]

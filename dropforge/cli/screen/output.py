"""Where a command writes: its result to stdout, all else to stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.panel import Panel
from rich.text import Text

from dropforge.cli.screen.printable import PrintableConsole, printable
from dropforge.cli.screen.wrapping import folded


class Output:
    """A command's two channels.

    Parameters
    ----------
    as_json : print the result as one JSON object, and nothing else, on stdout.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.out = PrintableConsole(highlight=False)
        self.err = PrintableConsole(stderr=True, highlight=False)

    @property
    def width(self) -> int | None:
        """Columns of the terminal that the result goes to; None if it goes elsewhere."""
        return self.out.width if self.out.is_terminal else None

    def note(self, text: str) -> None:
        """Say on stderr what is going on."""
        self._say(Text(printable(text), style="dim"))

    def fault(self, text: str) -> None:
        """Say on stderr what went wrong."""
        self._say(Text.assemble(("Error: ", "bold red"), printable(text)))

    def _say(self, text: Text) -> None:
        # Folded between words: a path or a column name that is broken could not be copied.
        for line in text.split("\n"):
            width = self.err.width if self.err.is_terminal else max(len(line), 1)
            self.err.print(*_folded(line, width), sep="\n", soft_wrap=True)

    def result(
        self, facts: Mapping[str, Any], render: Callable[[], Iterable[RenderableType]]
    ) -> None:
        """Print the result: the facts as JSON, or what they look like to a person."""
        if self.as_json:
            # ASCII escapes reach a script whole, whatever the terminal's encoding is.
            sys.stdout.write(json.dumps(facts, indent=2, default=str) + "\n")
            sys.stdout.flush()
        else:
            # Text is left to the terminal to wrap: what it breaks can still be copied whole.
            for part in render():
                self.out.print(part, soft_wrap=not isinstance(part, Panel))

    def line(self, facts: Mapping[str, Any], render: Callable[[], RenderableType]) -> None:
        """Print one of many results that come bit by bit: as JSON, an object a line."""
        if self.as_json:
            sys.stdout.write(json.dumps(facts, default=str) + "\n")
            sys.stdout.flush()
        else:
            self.out.print(render(), soft_wrap=True)


def _folded(line: Text, width: int) -> list[Text]:
    """Fold a line between words; a word that is longer than the width stays whole."""
    breaks, start = [], 0
    for part in folded(line.plain, width)[:-1]:
        start = line.plain.index(part, start) + len(part)
        breaks.append(start)
    first, *rest = line.divide(breaks)
    return [first, *(part[len(part.plain) - len(part.plain.lstrip()) :] for part in rest)]

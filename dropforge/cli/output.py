"""Where a command writes: its result to stdout, all else to stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text


class Output:
    """A command's two channels.

    Parameters
    ----------
    as_json : print the result as one JSON object, and nothing else, on stdout.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    @property
    def width(self) -> int | None:
        """Columns of the terminal that the result goes to; None if it goes elsewhere."""
        return self.out.width if self.out.is_terminal else None

    def note(self, text: str) -> None:
        """Say on stderr what is going on."""
        self.err.print(Text(text, style="dim"), soft_wrap=True)

    def fault(self, text: str) -> None:
        """Say on stderr what went wrong."""
        # A path or a column name broken over two lines could not be copied.
        self.err.print(Text.assemble(("Error: ", "bold red"), text), soft_wrap=True)

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

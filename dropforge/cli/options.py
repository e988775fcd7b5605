"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

N = TypeVar("N", int, float)


def number_from(kind: type[N], low: N, high: N | None = None) -> Callable[[str], N]:
    """Make a reader of a number within bounds; the help need not show them."""
    bounds = f"at least {low:,}" if high is None else f"from {low:,} to {high:,}"
    noun = "whole number" if kind is int else "number"

    def read(text: str) -> N:
        try:
            value = kind(text)
        except ValueError:
            raise typer.BadParameter(f"{text!r} is no {noun}; give one {bounds}.") from None
        # Written so that NaN, which compares with nothing, is out of range.
        if not (low <= value and (high is None or value <= high)):
            raise typer.BadParameter(f"{value:g} is out of range; give a number {bounds}.")
        return value

    return read


Env = Annotated[
    str,
    typer.Option(
        "--env", metavar="NAME", help="Environment of samconfig.toml; local is this machine."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        show_default=False,
        help="Where to fetch the files to; dropforge-out/RUN if not given.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        parser=number_from(float, 1.0),
        show_default=False,
        help="Stop waiting then, after 14400 (4 hours) if not given; the run itself goes on.",
    ),
]
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run that `runs` lists: its name, how it begins, or latest."
    ),
]
"""A run by its name."""

TIMEOUT_SECONDS = 4 * 3600.0
"""Four times the default limit of a training job."""
OUT_ROOT = Path("dropforge-out")

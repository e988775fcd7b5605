"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer


def at_least(low: float, high: float | None = None) -> Callable[[float], float]:
    """Make a check that a number is within bounds; the help need not show them."""

    def check(value: float) -> float:
        if value < low or (high is not None and value > high):
            bounds = f"at least {low:,}" if high is None else f"from {low:,} to {high:,}"
            raise typer.BadParameter(f"{value:g} is out of range; give a number {bounds}.")
        return value

    return check


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
        callback=at_least(1),
        show_default=False,
        help="Stop waiting then, after 14400 (4 hours) if not given; the run itself goes on.",
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="Name of a run, as `runs` lists it.")]
"""A run by its name."""

TIMEOUT_SECONDS = 4 * 3600.0
"""Four times the default limit of a training job."""
OUT_ROOT = Path("dropforge-out")

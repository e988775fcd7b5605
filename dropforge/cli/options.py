"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

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
        "--out", metavar="DIR", help="Where to fetch the files to. [default: dropforge-out/<run>]"
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout", metavar="SECONDS", min=1, help="Stop waiting then; the run itself goes on."
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="Name of a run, as `runs` lists it.")]
"""A run by its name."""

TIMEOUT_SECONDS = 4 * 3600.0
"""Four times the default limit of a training job."""
OUT_ROOT = Path("dropforge-out")

"""Runs `dropforge` as a user would, with a local cloud of the bench's own."""

import os
import subprocess
import sys
from pathlib import Path

_SECONDS = 3600


def dropforge(place: Path, *arguments: str) -> str:
    """Return what the command printed.

    Parameters
    ----------
    place : a folder to call it in; the cloud's state lies in ``state`` there.

    Raises
    ------
    SystemExit
        With its own words, if it did not end with 0.
    """
    done = subprocess.run(
        [sys.executable, "-m", "dropforge", *arguments],
        env={**os.environ, "DROPFORGE_STATE_DIR": str(place / "state")},
        check=False, capture_output=True, text=True, timeout=_SECONDS, cwd=place,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(
            f"dropforge {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}"
        )
    return done.stdout

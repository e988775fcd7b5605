"""Runs `dropforge` as a user would, with a local cloud of the bench's own."""

import os
import subprocess
import sys
from pathlib import Path

_SECONDS = 3600
_NOT_HAD = ("sklearn",)
"""What the tests need and the command does not install; xgboost imports it, and pandas with it,
wherever it can: 0.8 s of a processor and 95 MiB in each process."""


def as_users_have_it(folder: Path) -> dict[str, str]:
    """Return an environment whose Python finds what the command installs, and nothing of the tests.

    Parameters
    ----------
    folder : where to write what is found in place of it.
    """
    hidden = folder / "hidden"
    hidden.mkdir(exist_ok=True)
    for name in _NOT_HAD:
        (hidden / f"{name}.py").write_text(f"raise ModuleNotFoundError({name!r}, name={name!r})\n")
    path = os.pathsep.join(filter(None, (str(hidden), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path}


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
        env={**as_users_have_it(place), "DROPFORGE_STATE_DIR": str(place / "state")},
        check=False, capture_output=True, text=True, timeout=_SECONDS, cwd=place,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(
            f"dropforge {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}"
        )
    return done.stdout

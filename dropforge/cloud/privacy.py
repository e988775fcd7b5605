"""The state directory is its owner's alone: parameters, tokens, data and code lie in it."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

PRIVATE = 0o077
"""The umask under which all of it is made: directories 0700, files 0600."""


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Make files and directories that others can neither read nor enter."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


def close_to_others(root: Path, kept: Iterable[Path]) -> None:
    """Take from others what they may do with a directory and with what is kept in it.

    A directory that many use, as /tmp, or that another user owns, stays as it is.
    What lies below a closed directory is closed already, or was made under `PRIVATE`.
    """
    found = root.stat()
    if not found.st_mode & stat.S_ISVTX and found.st_uid == os.geteuid():
        root.chmod(stat.S_IMODE(found.st_mode) & ~PRIVATE)
    for path in kept:
        if not path.exists() or not _close(path) or not path.is_dir():
            continue
        for folder, directories, files in os.walk(path):
            for name in (*directories, *files):
                _close(Path(folder, name))


def _close(path: Path) -> bool:
    """Close a file or directory, not what a link points to; say whether it was open."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode) or not mode & PRIVATE:
        return False
    path.chmod(stat.S_IMODE(mode) & ~PRIVATE)
    return True

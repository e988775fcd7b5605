"""Zip a directory so that the same files always give the same bytes."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

_SKIPPED_DIRECTORIES = {"__pycache__", "tests", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
_SKIPPED_SUFFIXES = {".pyc", ".pyo"}
# Swap files, locks and backups, which editors put beside what is edited.
_EDITORS_FIRST, _EDITORS_LAST = (".", "#"), ("~", ".swp", ".tmp")
# The earliest date that a zip file can hold.
_DATE = (1980, 1, 1, 0, 0, 0)


def files_of(directory: Path) -> Iterator[Path]:
    """Yield the files that belong into an archive, sorted: no caches, no tests, no editors' own."""
    for path in sorted(directory.rglob("*")):
        inner = path.relative_to(directory)
        if path.suffix in _SKIPPED_SUFFIXES or _SKIPPED_DIRECTORIES.intersection(inner.parts):
            continue
        if path.name.startswith(_EDITORS_FIRST) or path.name.endswith(_EDITORS_LAST):
            continue
        if path.is_file():
            yield path


def zip_of(path: Path, prefix: str = "") -> bytes:
    """Archive a directory's files, or hand back a file that is an archive already.

    Parameters
    ----------
    prefix : put before each name, as ``python/`` for a layer.
    """
    if path.is_file():
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files_of(path):
            entry = zipfile.ZipInfo(prefix + file.relative_to(path).as_posix(), _DATE)
            entry.external_attr = (0o100755 if file.stat().st_mode & 0o100 else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()

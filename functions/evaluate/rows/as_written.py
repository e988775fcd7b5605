"""Holds the parts of a run against what Encode wrote: nobody else may have changed them.

A part that was cut off, replaced or added trains a model, or judges it, on other rows
than the report says. Encode notes the ETag of each part that it writes; a part has the
same ETag as long as nobody writes it again (S3 API, Object, ETag).
"""

from typing import Any

from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles, in_parallel
from pipeline.storage.damage import damaged


def check_parts(files: RunFiles) -> None:
    """Check what trained and judged the model; raise ArtefactError naming what is changed."""
    _check(files, layout.PARTS_NOTE, layout.PART_FOLDERS)


def check_champion_parts(files: RunFiles) -> None:
    """Check what the champion predicted; raise ArtefactError naming what is changed."""
    _check(files, layout.CHAMPION_NOTE, layout.CHAMPION_FOLDERS)


def _check(files: RunFiles, note: str, folders: tuple[str, ...]) -> None:
    written = _written(files, note)
    found: dict[str, str] = {}
    for tags in in_parallel(lambda folder: files.tags(f"data/{folder}"), list(folders)):
        found |= tags
    for name in sorted(written.keys() | found.keys()):
        if name not in found:
            raise _changed(files, name, "is not there any more")
        if name not in written:
            raise _changed(files, name, "is none of the parts that it wrote")
        if found[name] != written[name]:
            raise _changed(files, name, "was changed since")


def _written(files: RunFiles, note: str) -> dict[str, str]:
    notes = files.read_notes(note, kinds.NOTE)
    return {name: tag for each in notes for name, tag in each["parts"].items()}


def _changed(files: RunFiles, name: str, what: str) -> Any:
    return damaged(files.uri(name), kinds.NOTE.writer, what)

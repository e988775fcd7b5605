"""Parts of an upload lie where the object needs them, so that completing it copies nothing.

ministack keeps all parts in memory and joins them there. Here the parts of an upload are
written into one file, each where it belongs if all but the last are as large as the first
that came: so SDKs cut a file. A part that does not fit, comes a second time, or is copied
from an object lies elsewhere; then the kernel joins them.
"""

import weakref
from typing import Any

from dropforge.cloud.patches.replacing import change
from dropforge.cloud.patches.s3.file_bodies import FileBody, Spool
from dropforge.cloud.patches.s3.object_reads import reading_lazily

_LARGEST_FILE = 1 << 40
"""Bytes; file systems have a limit, and callers number parts as they like."""
_ASSEMBLY = "dropforge_assembly"


class Place:
    """Where a body is written; nothing else is while it is in use.

    Parameters
    ----------
    assembly : None for a file of its own.
    first : its first byte's place in the file.
    """

    def __init__(self, assembly: "Assembly | None" = None, first: int = 0) -> None:
        self.assembly, self.first = assembly, first
        self.spool = assembly.spool if assembly else Spool()
        self.is_whole = False


class Assembly:
    """The file that an upload's parts are written into.

    Parameters
    ----------
    size : of each part but the last, in bytes.
    """

    def __init__(self, size: int) -> None:
        self._size, self.spool = size, Spool()
        self._taken: weakref.WeakValueDictionary[int, Place] = weakref.WeakValueDictionary()

    def place(self, number: int, size: int) -> Place | None:
        """Return where to write a part; None if there is no place for it."""
        first = (number - 1) * self._size
        if number in self._taken or size > self._size or not 0 <= first < _LARGEST_FILE:
            return None
        self._taken[number] = place = Place(self, first)
        return place

    @property
    def is_at_rest(self) -> bool:
        """Whether no part is being written."""
        return all(place.is_whole for place in self._taken.values())


def apply() -> None:
    """Let parts be bodies in files."""
    from ministack.services import s3

    vars(s3).update(_joined=joined, _kept=_kept)
    change(
        s3,
        "_complete_multipart_upload",
        "9e2d6452dfe1",
        'hashlib.md5(stored["body"]).digest()',
        "bytes.fromhex(stored['etag'].strip('\"'))",
        ('b"".join(combined_parts)', "_joined(combined_parts)"),
    )
    change(s3, "_upload_part_copy", "890950db69f2", '"body": src_body', '"body": _kept(src_body)')
    s3._upload_part_copy = reading_lazily(s3._upload_part_copy)


def place_of(upload: dict[str, Any] | None, number: int, size: int) -> Place:
    """Return where to write a part of an upload, or another body."""
    if upload is None:
        return Place()
    if _ASSEMBLY not in upload:
        upload[_ASSEMBLY] = Assembly(size)
    return upload[_ASSEMBLY].place(number, size) or Place()


def joined(parts: list[bytes | FileBody]) -> bytes | FileBody:
    """Join the bodies of parts."""
    if all(isinstance(part, bytes) for part in parts):
        return b"".join(parts)  # type: ignore[arg-type]
    size = sum(map(len, parts))
    spool = _in_place(parts)
    if spool is not None:
        # What else was written into it is no part of the object.
        spool.file.truncate(size)
        return FileBody(spool.path, 0, size, keeper=spool)
    spool, place = Spool(), 0
    for part in parts:
        if isinstance(part, FileBody):
            part.copy_to(spool.file, place)
        else:
            spool.write(part, place)
        place += len(part)
    return FileBody(spool.path, 0, size, keeper=spool)


def _in_place(parts: list[bytes | FileBody]) -> Spool | None:
    """Return the file in which the parts lie one behind another, if they do."""
    place, assembly = 0, None
    for part in parts:
        keeper = part.keeper if isinstance(part, FileBody) else None
        if not isinstance(keeper, Place) or keeper.assembly is None or keeper.first != place:
            return None
        assembly, place = keeper.assembly, place + len(part)
    return assembly.spool if assembly and assembly.is_at_rest else None


def _kept(body: bytes | FileBody) -> bytes | FileBody:
    return body.kept() if isinstance(body, FileBody) else body

"""Bodies that lie in files, so that no object is ever whole in the server's memory.

What ministack does with the bytes of a body it does with a `FileBody` too: that has a
length, is cut by slices, and its checksums are known or are read from the file. It becomes
an object by a second name for its file (a hard link) or, where it is a part of a file, by
a copy that the kernel makes.
"""

import contextlib
import errno
import itertools
import os
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from dropforge.cloud.patches.s3 import digests

PIECE = 1 << 18
"""Bytes that are read and sent, or hashed, at once."""
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS)
_NO_COPY = (errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS)
_numbers = itertools.count()


class Spool:
    """A file of the scratch directory that goes when nobody needs it any more."""

    def __init__(self) -> None:
        self.path = _fresh()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self.file = FileIO(descriptor, "r+")
        weakref.finalize(self, _discard, self.path, self.file)

    def write(self, piece: bytes, place: int) -> None:
        """Write all of a piece.

        Raises
        ------
        OSError
            The disk is full.
        """
        _write(self.file.fileno(), piece, place)


class Link:
    """A second name for a file of an object, which keeps its bytes when that is replaced."""

    def __init__(self, source: Path) -> None:
        self.path = _fresh()
        self.path.hardlink_to(source)
        weakref.finalize(self, self.path.unlink, missing_ok=True)


class FileBody:
    """Bytes of a file.

    Parameters
    ----------
    first, size : where they lie in it, in bytes; by default all of it.
    keeper : keeps the file as long as this needs it; None if others do.
    checksums : of these bytes, by `digests`'s names.
    failure : why they are not all there, for who may be told.
    """

    def __init__(
        self,
        path: Path,
        first: int = 0,
        size: int | None = None,
        *,
        keeper: object = None,
        checksums: Mapping[str, bytes] | None = None,
        failure: OSError | None = None,
    ) -> None:
        self.path, self.first, self.keeper, self.failure = path, first, keeper, failure
        self.size = path.stat().st_size if size is None else size
        self._checksums = dict(checksums or {})

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, span: slice) -> "FileBody":
        first, end, _ = span.indices(self.size)
        return FileBody(self.path, self.first + first, max(0, end - first), keeper=self.keeper)

    def __deepcopy__(self, _memo: Any) -> "FileBody":
        return self

    def opened(self) -> FileIO:
        """Open the file at the first byte; what is read stays the same if it is replaced."""
        file = FileIO(self.path)
        file.seek(self.first)
        return file

    def pieces(self) -> Iterator[bytes]:
        """Read them, piece by piece.

        Raises
        ------
        OSError
            The file is not there, or ends before them.
        """
        with self.opened() as file:
            yield from pieces_of(file, self.size)

    def read(self) -> bytes:
        """Read them all."""
        return b"".join(self.pieces())

    def digest(self, algorithm: str) -> bytes | None:
        """Return a checksum, None if S3 knows none of this name."""
        name = digests.name_of(algorithm)
        if name not in self._checksums:
            begun = digests.running(name)
            if begun is None:
                return None
            for piece in self.pieces():
                begun.update(piece)
            self._checksums[name] = begun.digest()
        return self._checksums[name]

    def md5(self) -> bytes:
        """Return what the ETag of an object or part is made of."""
        return self.digest(digests.MD5) or b""

    def linked(self) -> "FileBody":
        """Return the same bytes, which stay though the object that they are of is replaced.

        Raises
        ------
        OSError
            Their file cannot have a second name.
        """
        link = Link(self.path)
        return FileBody(link.path, self.first, self.size, keeper=link, checksums=self._checksums)

    def kept(self) -> "FileBody":
        """Return what `linked` does, or a copy where there is no second name."""
        try:
            return self.linked()
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
        spool = Spool()
        self.copy_to(spool.file, 0)
        return FileBody(spool.path, 0, self.size, keeper=spool, checksums=self._checksums)

    def place(self, target: Path) -> None:
        """Make them a file of their own, without a copy if a file is theirs alone."""
        target.unlink(missing_ok=True)
        if self.first == 0 and self.path.stat().st_size == self.size:
            try:
                target.hardlink_to(self.path)
            except OSError as error:
                if error.errno not in _NO_LINK:
                    raise
            else:
                return
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with FileIO(descriptor, "w") as file:
            self.copy_to(file, 0)

    def copy_to(self, target: FileIO, place: int) -> None:
        """Copy them into an open file."""
        with FileIO(self.path) as source:
            done = 0
            while done < self.size:
                where = self.first + done, place + done
                count = _copy(source.fileno(), target.fileno(), self.size - done, *where)
                if count == 0:
                    raise _too_short(source, self.size - done)
                done += count


def pieces_of(file: FileIO, size: int) -> Iterator[bytes]:
    """Read so many bytes on from where an open file is.

    Raises
    ------
    OSError
        It ends before.
    """
    while size:
        piece = file.read(min(size, PIECE))
        if not piece:
            raise _too_short(file, size)
        size -= len(piece)
        yield piece


def _too_short(file: FileIO, missing: int) -> OSError:
    return OSError(errno.EIO, f"{file.name} ends {missing:,} bytes too early")


def _copy(source: int, target: int, count: int, first: int, place: int) -> int:
    """Copy some bytes from file to file, inside the kernel where it can."""
    if hasattr(os, "copy_file_range"):
        try:
            return os.copy_file_range(source, target, count, first, place)
        except OSError as error:
            if error.errno not in _NO_COPY:
                raise
    piece = os.pread(source, min(count, PIECE), first)
    _write(target, piece, place)
    return len(piece)


def _write(descriptor: int, piece: bytes, place: int) -> None:
    view = memoryview(piece)
    while view:
        count = os.pwrite(descriptor, view, place)
        view, place = view[count:], place + count


def _fresh() -> Path:
    return Path(tempfile.gettempdir(), f"s3-{os.getpid()}-{next(_numbers)}")


def _discard(path: Path, file: FileIO) -> None:
    file.close()
    with contextlib.suppress(FileNotFoundError):
        path.unlink()

"""A reader in the server's own process gets an object's file in place of its bytes.

The request is one to S3 as any other, with all that S3 checks; only an answer that would be
the whole object has no bytes. A reader is known by a token that never leaves this process
but in its own requests, and that holds for these alone. All others get the bytes.
"""

import contextlib
import secrets
from collections.abc import Iterator
from typing import Any

from dropforge.cloud.patches.s3.file_bodies import FileBody

HEADER = "x-dropforge-handover"
_CALL = "before-call.s3.GetObject"
_asked: dict[str, list[FileBody]] = {}


@contextlib.contextmanager
def asked(s3: Any) -> Iterator[list[FileBody]]:
    """Ask for files in what a client, of one thread, gets from S3 meanwhile.

    Returns
    -------
    Where the file is put before its answer comes; empty if that has the bytes, as of an object
    that is small or cannot have a second name. It keeps its bytes whatever becomes of the object.
    """
    token = secrets.token_hex(32)
    files = _asked[token] = []

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["headers"][HEADER] = token

    s3.meta.events.register(_CALL, ask)
    try:
        yield files
    finally:
        s3.meta.events.unregister(_CALL, ask)
        del _asked[token]


def handed_over(token: str, body: FileBody) -> bool:
    """Give a file to who asked by this token; False if nobody did, or there is no second name."""
    files = _asked.get(token)
    if files is None:
        return False
    try:
        files.append(body.linked())
    except OSError:
        return False
    return True

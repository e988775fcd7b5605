"""botocore's descriptions of AWS's services without their prose, a third of their memory."""

import functools
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
from botocore.loaders import JSONFileLoader, Loader

_READ: dict[str, Callable[[bytes], bytes]] = {".json": bytes, ".json.gz": gzip.decompress}
"""What gives a description's text, by its file's suffix (botocore/loaders.py)."""


class _WithoutProse(JSONFileLoader):  # type: ignore[misc]
    def load_file(self, file_path: str) -> dict[str, Any] | None:
        """Return what a file holds, given without its suffix; None if there is none."""
        for suffix, text_of in _READ.items():
            path = Path(file_path + suffix)
            if path.is_file():
                text = text_of(path.read_bytes())
                found: dict[str, Any] = json.loads(text, object_hook=_without_prose)
                return found
        return None


def loader() -> Loader:
    """Return what a session of botocore can take in place of its own loader."""
    return Loader(file_loader=_WithoutProse())


@functools.cache
def session() -> botocore.session.Session:
    """Return a session for the cloud's own use, which reads no profile of the user's.

    The cloud keeps the descriptions of S3 and SageMaker as long as it is up: 16 MiB, with their
    texts 26.
    """
    made = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    made.register_component("data_loader", loader())
    return made


def _without_prose(part: dict[str, Any]) -> dict[str, Any]:
    # A shape may have a member of that name, which is no text. The key stays: botocore reads it.
    if isinstance(part.get("documentation"), str):
        part["documentation"] = ""
    return part

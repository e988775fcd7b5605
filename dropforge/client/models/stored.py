"""Models fetched to this machine once, and kept in the user's cache."""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.disk import naming
from dropforge.client.models.located import ModelFiles
from dropforge.client.stack import Stack
from dropforge.errors import ModelUnusableError
from pipeline import layout

_KEPT = 50
"""Models; of more, those used longest ago are deleted."""
_DIGEST = 16


def cache_dir() -> Path:
    """Return where models are kept: XDG Base Directory Specification, XDG_CACHE_HOME."""
    own = os.environ.get("DROPFORGE_CACHE_DIR")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "dropforge"


def stored(stack: Stack, files: ModelFiles) -> Path:
    """Return the directory of a model's files on this machine, fetched if they are not there.

    A copy counts for one name and one state of its objects: an ARN, and even an address, may be
    given again when a stack, or the local cloud's state, is made anew.

    Raises
    ------
    ModelUnusableError
        A file is not in the bucket any more.
    """
    s3 = stack.client("s3")
    addresses = {layout.MODEL: files.model, layout.ENCODER: files.encoder}
    if files.decision:
        addresses[layout.DECISION] = files.decision
    tags = [_tag(s3, address) for address in addresses.values()]
    known = "\n".join([files.name, *addresses.values(), *tags])
    root = cache_dir() / "models"
    folder = root / hashlib.sha256(known.encode()).hexdigest()[:_DIGEST]
    if all((folder / name).is_file() for name in addresses):
        os.utime(folder)
        return folder
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".", dir=root))
    try:
        for name, address in addresses.items():
            with naming(folder / name):
                s3.download_file(*_parts(address), str(made / name))
        # Another command may have been quicker; its copy is the same.
        with suppress(OSError):
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    _prune(root)
    return folder


def _tag(s3: Any, address: str) -> str:
    bucket, key = _parts(address)
    try:
        tag: str = s3.head_object(Bucket=bucket, Key=key)["ETag"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        raise ModelUnusableError(
            f"{address} is not there any more, so the model cannot be used; drop its file again to "
            f"train it anew"
        ) from error
    return tag


def _parts(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


def _prune(root: Path) -> None:
    """Delete the copies that were used longest ago."""
    found = [path for path in root.iterdir() if not path.name.startswith(".")]
    with suppress(OSError):
        for path in sorted(found, key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            shutil.rmtree(path, ignore_errors=True)

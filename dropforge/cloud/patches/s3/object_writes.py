"""A write to S3 is stored, with the events that it sends, before it is answered.

ministack answers 200 also when the disk took nothing, tells of an object before
it is stored, and hands the event to a thread that ends with the process. Here an
object's two files are put in place together or not at all, a failure is
InternalError and leaves the object as it was, and the events are rows of the
journal that become valid with the object: after a kill an object that is there
has been told of, or will be, and one that is not never will.
"""

import contextlib
import contextvars
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dropforge.cloud.journal import JournalError
from dropforge.cloud.patches.functions import invocations
from dropforge.cloud.patches.replacing import change, check, replace
from dropforge.cloud.patches.s3.file_bodies import FileBody

_DRAFT, _SIDECAR = ".tmp", ".meta.json"
_request: contextvars.ContextVar[list[invocations.Held] | None] = contextvars.ContextVar(
    "dropforge_s3_request", default=None
)


class NotStoredError(OSError):
    """An object could not be written to the disk."""

    def __init__(self, bucket: str, key: str, account: str, error: OSError) -> None:
        super().__init__(f"{bucket}/{key} is not stored: {error.strerror or error}")
        self.bucket, self.key, self.account = bucket, key, account


def apply() -> None:
    """Store first, then tell, then answer."""
    from ministack.services import s3

    check(s3, "_fire_s3_event_async", "d42619f0eb86")
    replace(s3, "_persist_object", "cb32b6ae8706", _persist_object)
    replace(s3, "_persist_displaced_version", "9637289a604c", _persist_displaced)
    change(
        s3,
        "_preserve_null_version",
        "3d07023e5876",
        "_read_body(bucket_name, key, prior_obj)",
        "None if _version_file_exists(bucket_name, key, 'null') else "
        "_read_body(bucket_name, key, prior_obj)",
    )
    s3._fire_s3_event_async = _tell


@contextlib.contextmanager
def telling() -> Iterator[None]:
    """Keep the events of a request back until it is done.

    Raises
    ------
    NotStoredError
        As inside; the write is undone, and its events are dropped.
    """
    events: list[invocations.Held] = []
    token = _request.set(events)
    try:
        yield
    except NotStoredError as error:
        _undo(events, error)
        raise
    finally:
        _request.reset(token)
    for each in events:
        invocations.release(each)


def finish_writes(objects: Path) -> None:
    """Finish or undo the writes that a kill cut off, before the objects are looked at.

    Both files of an object are written as drafts before either is put in place, the data
    first: a sidecar's draft that stands alone is whole, and its data is in place.
    """
    for draft in sorted(objects.rglob("*.tmp")):
        if not draft.is_file() or draft.with_name(draft.name + _SIDECAR).exists():
            # An object whose key ends so.
            continue
        place = draft.with_name(draft.name.removesuffix(_DRAFT))
        data = place.with_name(place.name.removesuffix(_SIDECAR) + _DRAFT)
        if place.name.endswith(_SIDECAR) and not data.exists() and _is_json(draft):
            draft.replace(place)
        else:
            draft.unlink()


def _tell(bucket: str, key: str, event: str, *arguments: Any, **named: Any) -> None:
    """Write the events of a change; they are sent when the request is done."""
    from ministack.core.responses import get_account_id
    from ministack.services import s3

    if bucket not in s3._bucket_notifications:
        return
    named["sequencer"] = s3._next_event_sequencer(event)
    try:
        with invocations.held(bucket, key, named.get("version_id")) as events:
            s3._fire_s3_event(bucket, key, event, *arguments, **named)
    except JournalError as error:
        raise NotStoredError(bucket, key, get_account_id(), error) from error
    request = _request.get()
    if request is None:
        invocations.release(events)
    else:
        request.append(events)


def _undo(events: list[invocations.Held], error: NotStoredError) -> None:
    """Undo a write that failed."""
    for each in events:
        # Where even this cannot be written, the next start finds that the object is not there.
        with contextlib.suppress(JournalError):
            invocations.drop(each)
    _take_back(error)


def _take_back(error: NotStoredError) -> None:
    """Let an object be what its files say."""
    from ministack.services import s3

    bucket = s3._buckets._data.get((error.account, error.bucket))
    if bucket is None:
        return
    bucket["objects"].pop(error.key, None)
    s3._object_versions._data.pop((error.account, (error.bucket, error.key)), None)
    folder = Path(s3.DATA_DIR, error.account, error.bucket)
    if Path(f"{s3._object_disk_path(error.bucket, error.key, error.account)}{_SIDECAR}").exists():
        s3._load_persisted_bucket(error.account, error.bucket, str(folder))


def _persist_object(bucket: str, key: str, record: Any) -> None:
    from ministack.core.responses import get_account_id
    from ministack.services import s3

    path = Path(s3._object_disk_path(bucket, key))
    data: bytes | FileBody | None = record["body"] if isinstance(record, dict) else record
    facts: dict[str, Any] = {"key": key}
    if isinstance(record, dict):
        history = s3._key_history_meta(bucket, key)
        facts = s3._object_meta_from_record(record) | history | facts
    files: list[tuple[Path, bytes | FileBody]] = [] if data is None else [(path, data)]
    files.append((path.with_name(path.name + _SIDECAR), json.dumps(facts).encode()))
    try:
        _put_in_place(files)
    except OSError as error:
        raise NotStoredError(bucket, key, get_account_id(), error) from error
    if isinstance(record, dict):
        # It is read from the disk from now on.
        record["body"] = None
        for version in s3._object_versions.get((bucket, key)) or ():
            if version["version_id"] == (record.get("version_id") or "null"):
                version["data"] = None
    folder = str(Path(s3.DATA_DIR, get_account_id(), bucket))
    s3._remove_key_files(s3._other_key_disk_path(folder, key, str(path)))


def _put_in_place(files: Sequence[tuple[Path, bytes | FileBody]]) -> None:
    """Write files so that either all are new or, unless a kill intervenes, all are as before."""
    drafts = [path.with_name(path.name + _DRAFT) for path, _ in files]
    try:
        for draft, (path, content) in zip(drafts, files, strict=True):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(draft, content)
        for draft, (path, _) in zip(drafts, files, strict=True):
            draft.replace(path)
            # Two names of one file both stay (rename(2)), as when an object is copied to itself.
            draft.unlink(missing_ok=True)
    except OSError:
        for draft in drafts:
            draft.unlink(missing_ok=True)
        raise


def _write(draft: Path, content: bytes | FileBody) -> None:
    if isinstance(content, FileBody):
        content.place(draft)
        return
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _persist_displaced(bucket: str, key: str, prior: Any, versioning: str) -> None:
    """Keep the bytes of the version that a write displaces."""
    from ministack.core.responses import get_account_id
    from ministack.services import s3

    if versioning == "Suspended":
        s3._delete_version_file(bucket, key, "null")
    version = (prior or {}).get("version_id") or "null"
    if prior is None or (versioning == "Suspended" and version == "null"):
        return
    path = s3._version_disk_path(bucket, key, version)
    if path is None:
        return
    place = Path(path)
    try:
        if prior.get("body") is not None:
            _put_in_place([(place, prior["body"])])
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The file that takes the old one's place is another: both names may share the bytes.
        draft = place.with_name(place.name + _DRAFT)
        draft.unlink(missing_ok=True)
        draft.hardlink_to(s3._object_disk_path(bucket, key))
        draft.replace(place)
        draft.unlink(missing_ok=True)
    except OSError as error:
        raise NotStoredError(bucket, key, get_account_id(), error) from error


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except ValueError:
        return False
    return True

"""Finds the object that an event tells of, and nothing else in its place.

The key in an S3 event of EventBridge stands as it is; S3's own notifications
URL-encode it, and a forwarded or a hand-made event may. "a+b.csv" can be either,
so what exists decides, the key as it stands first.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from pipeline import drop_keys, run_names, staged
from pipeline.aws_errors import ABSENT, code_of
from pipeline.errors import EmptyFileError
from trigger.drop import Refusal, StoredObject


def object_of(s3: Any, bucket: str, event: dict[str, Any]) -> StoredObject | Refusal:
    """Return the event's object as it is stored, or why it cannot be had any more.

    Its LastModified is looked up: the event's time is another. An event without a
    version is of a bucket that keeps none, or is older than its versions; then the
    ETag says whether the object that lies there now is the event's.
    """
    told = event["detail"]["object"]
    version = _version(told.get("version-id"))
    replaced = False
    for key in _spellings(told["key"]):
        found = stored_at(s3, bucket, key, version)
        if found is None:
            continue
        if version is None and _is_another(told, found):
            replaced = True
            continue
        return found
    return _gone(bucket, event, replaced)


def stored_at(s3: Any, bucket: str, key: str, version: str | None) -> StoredObject | None:
    """Look an object up; None if there is none, or not this version of it."""
    version = _version(version)
    which = {"VersionId": version} if version else {}
    try:
        head = s3.head_object(Bucket=bucket, Key=key, **which)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return None
    return StoredObject(
        bucket,
        key,
        version or _version(head.get("VersionId")),
        head["LastModified"],
        etag=head["ETag"].strip('"'),
        ticket=head["Metadata"].get(staged.METADATA),
    )


def _version(version_id: str | None) -> str | None:
    # "null" is what an object is called that was written while the bucket kept no versions.
    return None if version_id in (None, "", "null") else version_id


def _spellings(key: str) -> Iterator[str]:
    yield key
    decoded = unquote_plus(key)
    if decoded != key:
        yield decoded


def _is_another(told: dict[str, Any], found: StoredObject) -> bool:
    etag = str(told.get("etag") or "").strip('"')
    return bool(etag) and etag != found.etag


def _gone(bucket: str, event: dict[str, Any], replaced: bool) -> Refusal:
    told = event["detail"]["object"]
    key, dataset = told["key"], drop_keys.dataset_of(told["key"])
    what = "was written anew" if replaced else "was deleted"
    then = "the newer file has a run of its own" if replaced else "drop it again"
    run = run_names.run_name(
        dataset,
        datetime.fromisoformat(event["time"]),
        bucket,
        key,
        told.get("version-id") or told.get("sequencer") or told.get("etag"),
    )
    cause = f"{key} {what} before it was read, so it was not trained on; {then}"
    return Refusal(run, dataset, key, EmptyFileError.__name__, cause)

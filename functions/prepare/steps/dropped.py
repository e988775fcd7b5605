"""Part of step plan: the drop as it lies in the bucket, its dataset and its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from pipeline import drop_keys
from pipeline.aws_errors import ABSENT, code_of
from pipeline.errors import ArtefactError, EmptyFileError
from pipeline.settings import SETTINGS_LIMIT, Settings, oversized, parse_settings, resolve_settings
from pipeline.storage.bucket import Bucket, ObjectSource


@dataclass(frozen=True)
class Dropped:
    """The version of the object that is read, and what S3 says of it.

    Attributes
    ----------
    etag : without quotes.
    last_modified : ISO 8601.
    """

    source: ObjectSource
    etag: str
    last_modified: str


def find_drop(bucket: Bucket, key: str, version: str | None) -> Dropped:
    """Find the dropped object.

    Parameters
    ----------
    version : None for the newest.

    Raises
    ------
    EmptyFileError
        It is not there, or not any more.
    """
    try:
        head = bucket.client.head_object(
            Bucket=bucket.name, Key=key, **({"VersionId": version} if version else {})
        )
    except ClientError as error:
        if code_of(error) not in (*ABSENT, "400"):
            raise
        raise EmptyFileError(f"{key} is not in the bucket {bucket.name}; drop it again") from error
    version = version or head.get("VersionId")
    version = None if version == "null" else version
    source = ObjectSource(bucket, key, version, head["ContentLength"])
    return Dropped(source, head["ETag"].strip('"'), head["LastModified"].isoformat())


def dataset_of(key: str) -> str:
    """Return the dataset of a drop whose input does not name it."""
    if key.startswith(drop_keys.INBOX):
        return drop_keys.drop_of(key).dataset
    return drop_keys.dataset_of(key)


def settings_of(bucket: Bucket, given: Mapping[str, Any] | None, dataset: str) -> Settings:
    """Return the drop's settings; for a drop that a person started without, the dataset's."""
    if given is not None:
        return resolve_settings(given)
    key = drop_keys.settings_key(dataset)
    try:
        return parse_settings(bucket.get(key, SETTINGS_LIMIT), key)
    except ArtefactError as error:
        raise oversized(key) from error
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return resolve_settings({})

"""Move a job's data between S3 and its folders, with the permissions of its role."""

import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.config
from botocore.exceptions import ClientError
from ministack.core.responses import get_region

from dropforge.cloud import service_models
from dropforge.cloud.iam.identity import role_credentials
from dropforge.cloud.patches.s3 import handover
from dropforge.cloud.patches.s3.file_bodies import FileBody

_LOCK = threading.Lock()


class StorageError(Exception):
    """S3 or the disk refused, or has nothing there; the message is a job's FailureReason."""


@dataclass(frozen=True)
class Location:
    """A parsed s3:// address."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> "Location":
        """Parse s3://bucket/key; the key may be empty."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return cls(bucket, key)


def client(role_arn: str, session_name: str) -> Any:
    """Make an S3 client that acts as the role."""
    keys = role_credentials(role_arn, session_name)
    # A session is not made for use by several threads at once.
    with _LOCK:
        return service_models.session().create_client(
            "s3",
            region_name=get_region(),
            endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token,
            config=botocore.config.Config(
                s3={"addressing_style": "path", "payload_signing_enabled": False}
            ),
        )


def list_objects(s3: Any, uri: str, role_arn: str) -> list[str]:
    """List the keys of a job's input, sorted, folders left out.

    Raises
    ------
    StorageError
        There are none, or the role may not list the bucket. SageMaker says the
        same of both (text quoted in aws/sagemaker-python-sdk#1033).
    """
    place = Location.of(uri)
    try:
        found = keys_below(s3, place)
    except ClientError as error:
        raise StorageError(f"{_nothing(uri, place.bucket, role_arn)} ({_short(error)})") from error
    if not found:
        raise StorageError(_nothing(uri, place.bucket, role_arn))
    return found


def keys_below(s3: Any, place: Location) -> list[str]:
    """List the keys below a prefix, sorted, folders left out; there may be none."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key)
    keys = [each["Key"] for answer in pages for each in answer.get("Contents", [])]
    return sorted(key for key in keys if not key.endswith("/"))


def _nothing(uri: str, bucket: str, role_arn: str) -> str:
    return (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that '
        f"the bucket exists in the selected region ({get_region()}), that objects exist under that "
        f'S3 prefix, and that the role "{role_arn}" has "s3:ListBucket" permissions on bucket '
        f'"{bucket}".'
    )


def download(s3: Any, bucket: str, key: str, target: Path, *, is_only_read: bool = False) -> None:
    """Fetch an object.

    Parameters
    ----------
    is_only_read : nobody writes to the target, which may then be the object's own file.

    Raises
    ------
    StorageError
        It is not there, the role may not read it, or the target cannot be written.
    """
    with _told(f"download s3://{bucket}/{key}", target):
        target.parent.mkdir(parents=True, exist_ok=True)
        # An object's own file may have this name, if two objects of a channel have one name.
        target.unlink(missing_ok=True)
        asking: AbstractContextManager[list[FileBody]] = (
            handover.asked(s3) if is_only_read else nullcontext([])
        )
        with asking as files:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"]
        with closing(body):
            if files:
                files[-1].place(target)
                return
            with target.open("wb") as file:
                for chunk in body.iter_chunks(1 << 20):
                    file.write(chunk)


def upload(s3: Any, source: Path, bucket: str, key: str) -> None:
    """Store a file as an object.

    Raises
    ------
    StorageError
        The bucket is not there, the role may not write to it, or the source cannot be read.
    """
    with _told(f"upload to s3://{bucket}/{key}", source), source.open("rb") as body:
        s3.put_object(Bucket=bucket, Key=key, Body=body)


def relative_path(key: str, prefix: str) -> str:
    """Return where an object lies below its prefix, as a channel's folder shows it.

    A prefix that ends within a name, or is a whole key, keeps the last part of it.
    """
    folder = prefix if prefix.endswith("/") else prefix.rpartition("/")[0]
    inner = key.removeprefix(folder).lstrip("/")
    if prefix and not prefix.endswith("/") and key.startswith(f"{prefix}/"):
        inner = key.removeprefix(f"{prefix}/")
    return inner or key.rpartition("/")[2]


def pack(folder: Path, target: Path) -> bool:
    """Write a folder's files as model.tar.gz or output.tar.gz; False if there are none.

    Raises
    ------
    StorageError
        The target cannot be written.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = [path for path in files if not path.name.endswith(".sagemaker-ignore")]
    if not files:
        return False
    with (
        _told(f"pack {folder}", target),
        tarfile.open(target, "w:gz", compresslevel=1) as archive,
    ):
        for path in files:
            archive.add(path, path.relative_to(folder).as_posix())
    return True


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a model archive.

    Raises
    ------
    StorageError
        It is no gzipped tar file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, "r:gz") as packed:
            packed.extractall(folder, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise StorageError(
            f"Failed to extract model data archive to container: {error}. Please ensure that the "
            "object is a valid tar.gz archive."
        ) from error


@contextmanager
def _told(what: str, file: Path) -> Iterator[None]:
    """Let what S3 or the disk refuses be a StorageError.

    Parameters
    ----------
    file : on the disk; the disk's own errors often lack it.
    """
    try:
        yield
    except ClientError as error:
        raise StorageError(f"Failed to {what}: {_short(error)}") from error
    except OSError as error:
        # The SDK's time-outs are OSErrors too, without a number.
        if error.errno is None:
            raise
        raise StorageError(f"Failed to {what}: {file}: {error.strerror}") from error


def _short(error: ClientError) -> str:
    details = error.response["Error"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return f"{details['Code']} ({status}): {details['Message']}"

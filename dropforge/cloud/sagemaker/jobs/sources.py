"""Which objects a job's input names: all below a prefix, or those of a manifest.

The form of a manifest is in the API reference of S3DataSource.
"""

import gzip
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from dropforge.cloud.sagemaker.jobs import transfer

_MANIFEST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, order=True)
class Input:
    """An object of a job's input.

    Parameters
    ----------
    name : where it lies in the channel's folder.
    """

    name: str
    bucket: str
    key: str


def inputs_of(s3: Any, source: dict[str, Any], role_arn: str) -> list[Input]:
    """List the objects of an S3DataSource, sorted by their names.

    Raises
    ------
    StorageError
        There are none, they may not be listed or read, or the manifest is none.
    """
    uri = source["S3Uri"]
    place = transfer.Location.of(uri)
    if source["S3DataType"] == "S3Prefix":
        return [
            Input(transfer.relative_path(key, place.key), place.bucket, key)
            for key in transfer.list_objects(s3, uri, role_arn)
        ]
    return sorted(_listed(uri, _read(s3, uri)))


def download(s3: Any, each: Input, folder: Path, compression: str = "None") -> None:
    """Fetch an object into a folder, and unpack it.

    Raises
    ------
    StorageError
        It is not there, may not be read, or is not packed as it is said to be.
    """
    target = folder / each.name
    transfer.download(s3, each.bucket, each.key, target, is_only_read=True)
    if compression != "Gzip":
        return
    packed = target.with_name(f"{target.name}.packed")
    target.rename(packed)
    try:
        with gzip.open(packed) as source, target.open("wb") as plain:
            while block := source.read(1 << 20):
                plain.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise transfer.StorageError(
            f"Failed to decompress s3://{each.bucket}/{each.key}: {error}"
        ) from error
    packed.unlink()


def _read(s3: Any, uri: str) -> Any:
    place = transfer.Location.of(uri)
    try:
        body = s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read(_MANIFEST_BYTES)
    except ClientError as error:
        raise transfer.StorageError(f"Failed to download the manifest {uri}: {error}") from error
    try:
        return json.loads(body)
    except ValueError as error:
        raise transfer.StorageError(f"The manifest {uri} is no JSON: {error}") from error


def _listed(uri: str, document: Any) -> list[Input]:
    first, *names = document if isinstance(document, list) and document else [None]
    prefix = first.get("prefix") if isinstance(first, dict) else None
    if not isinstance(prefix, str) or not prefix.startswith("s3://"):
        raise transfer.StorageError(
            f'The manifest {uri} must be a list that begins with {{"prefix": "s3://..."}}'
        )
    place = transfer.Location.of(prefix)
    found = []
    for name in names:
        if not isinstance(name, str) or not name.strip("/") or ".." in name.split("/"):
            raise transfer.StorageError(f"The manifest {uri} names {name!r}, which is no object")
        found.append(Input(name.lstrip("/"), place.bucket, f"{place.key}{name}"))
    if not found:
        raise transfer.StorageError(f"The manifest {uri} names no object")
    return found

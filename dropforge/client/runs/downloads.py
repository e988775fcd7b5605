"""Objects of a run's bucket, listed and fetched side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.disk import naming
from dropforge.client.stack import Stack
from dropforge.errors import RunUnknownError

_DOWNLOADS = 8
"""Objects fetched at once."""


def go_on() -> None:
    """Let what asks whether it is still wanted go on."""


def download(
    s3: Any, places: Sequence[tuple[str, str, Path]], check: Callable[[], None] = go_on
) -> None:
    """Fetch several objects at once.

    Parameters
    ----------
    places : of each its bucket and key, and the file to write.
    check : called before each; what it raises ends the whole.
    """
    from boto3.s3.transfer import TransferConfig

    # Threads of each download's own would cost more than these files' bytes.
    plain = TransferConfig(use_threads=False)

    def one(place: tuple[str, str, Path]) -> None:
        bucket, key, file = place
        check()
        try:
            with naming(file):
                s3.download_file(bucket, key, str(file), Config=plain)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            raise deleted(bucket, key) from error

    with ThreadPoolExecutor(_DOWNLOADS) as pool:
        # A list, so that what is raised there is raised here.
        list(pool.map(one, places))


def deleted(bucket: str, key: str) -> RunUnknownError:
    """Return the error that a run's object is gone."""
    return RunUnknownError(
        f"s3://{bucket}/{key} is not there any more; it was deleted, so drop the file again "
        f"to train it anew"
    )


def tags_of(stack: Stack, prefix: str) -> dict[str, str]:
    """Return the ETags of the objects below a prefix, by their keys, in the order of these."""
    pages = stack.client("s3").get_paginator("list_objects_v2")
    found = {
        item["Key"]: item["ETag"]
        for page in pages.paginate(Bucket=stack.bucket, Prefix=prefix)
        for item in page.get("Contents", [])
    }
    return dict(sorted(found.items()))

"""Writing an object of the bucket only if nobody else wrote it meanwhile."""

from typing import Any

from botocore.exceptions import ClientError

_CHANGED = (404, 409, 412)
"""S3 user guide, Conditional writes: 412 if the object is not as stated, 409 if another
conditional write to it is under way, 404 if it was deleted."""


def put_if_unchanged(s3: Any, etag: str | None, **request: Any) -> str | None:
    """Write an object if it is still as it was read.

    Parameters
    ----------
    etag : that it had; None or "" if there was none.
    request : of PutObject.

    Returns
    -------
    Its new ETag; None if another had written it, and nothing was done.
    """
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    try:
        written: str = s3.put_object(**request, **condition)["ETag"]
    except ClientError as error:
        answer = error.response.get("ResponseMetadata", {})
        if answer.get("HTTPStatusCode") not in _CHANGED:
            raise
        return None
    return written

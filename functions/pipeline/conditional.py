"""Writing an object of the bucket only if nobody else wrote it meanwhile."""

from typing import Any

from botocore.exceptions import ClientError

_CHANGED = (404, 409, 412)
"""S3 user guide, Conditional writes: 412 if the object is not as stated, 409 if another
conditional write to it is under way, 404 if it was deleted."""


def put_if_unchanged(s3: Any, etag: str | None, **request: Any) -> bool:
    """Write an object if it is still as it was read; say whether it was.

    Parameters
    ----------
    etag : that it had; None or "" if there was none.
    request : of PutObject.
    """
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    try:
        s3.put_object(**request, **condition)
    except ClientError as error:
        answer = error.response.get("ResponseMetadata", {})
        if answer.get("HTTPStatusCode") not in _CHANGED:
            raise
        return False
    return True

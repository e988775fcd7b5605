"""A stack's bucket that is not empty is not deleted; ministack deletes it with its objects.

CloudFormation user guide, "Delete failed for a bucket": the stack ends DELETE_FAILED.
"""

from typing import Any
from xml.etree import ElementTree

from dropforge.cloud.patches.replacing import check, replace

_GONE = 404


def apply() -> None:
    """Replace what deletes the buckets of stacks."""
    from ministack.services import s3
    from ministack.services.cloudformation import provisioners

    check(s3, "_delete_bucket", "f6c89a30d8dd")
    replace(provisioners, "_s3_delete", "52bcaf59bd5b", delete)
    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"] = delete


def delete(name: str, _properties: Any) -> None:
    """Delete a bucket as a call of DeleteBucket does.

    Raises
    ------
    ValueError
        It is not empty, or has access points.
    """
    from ministack.services import s3

    status, _, body = s3._delete_bucket(name)
    if status < 400 or status == _GONE:
        return
    reason = ElementTree.fromstring(body).findtext("Message")  # noqa: S314 - our own answer
    versions = (
        " You must delete all versions in the bucket." if s3._bucket_versioning.get(name) else ""
    )
    raise ValueError(
        f'Resource handler returned message: "{reason}.{versions} '
        f'(Service: S3, Status Code: {status})"'
    )

"""A request without a key lists no buckets and makes none, as on AWS.

S3 API reference, CreateBucket: "Anonymous requests are never allowed to create buckets";
ListBuckets lists those of the authenticated sender. ministack takes such a request for one of
the root user where no bucket is there yet, and asks for a grant where one is.
"""

from typing import Any

from dropforge.cloud.patches.replacing import check, replace


def apply() -> None:
    """Look for a key where ministack looks for no grant."""
    from ministack.services import s3

    scope = s3._apply_bucket_scope

    def apply_bucket_scope(
        method: str,
        bucket: str,
        key: str,
        headers: dict[str, Any],
        query_params: dict[str, Any],
        body: Any,
        internal: bool,
    ) -> Any:
        makes = method == "PUT" and not key and s3._bucket_owner_account(bucket) is None
        request = method, key, headers, query_params, body
        if (makes or not bucket) and not s3._request_access_key(*request):
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")
        return scope(method, bucket, key, headers, query_params, body, internal)

    check(s3, "_request_access_key", "2e68b5d199b9")
    replace(s3, "_apply_bucket_scope", "df846d5b4247", apply_bucket_scope)

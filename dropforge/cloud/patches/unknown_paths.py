"""A call of S3 or Lambda that ministack has not must not be taken for another one.

Their calls are told apart by method, path and query. What ministack does not know in a query it
ignores: UpdateObjectEncryption (`PUT /bucket/key?encryption`) overwrote the object with its XML,
and DeleteBucketMetricsConfiguration (`DELETE /bucket?metrics`) deleted the bucket.
"""

import json
from typing import Any
from urllib.parse import unquote

from dropforge.cloud.api_errors import unsupported
from dropforge.cloud.patches.replacing import check, replace

# What S3's service model tells calls apart by. A test compares.
_PARTS = (
    "abac accelerate acl analytics annotation attributes cors delete encryption "
    "intelligent-tiering inventory legal-hold lifecycle location logging metadataAnnotationTable "
    "metadataConfiguration metadataInventoryTable metadataJournalTable metadataTable metrics "
    "notification object-lock ownershipControls policy policyStatus publicAccessBlock "
    "renameObject replication requestPayment restore retention select session tagging torrent "
    "uploads versioning versions website"
)
SUBRESOURCES = frozenset(_PARTS.split())
_BUCKET = (
    "accelerate acl cors encryption lifecycle logging notification object-lock ownershipControls "
    "policy publicAccessBlock replication requestPayment tagging versioning website"
)
_OBJECT = "acl annotation legal-hold retention tagging"
# Those that ministack has, by method, of a bucket and of an object.
_BUCKETS = {
    "GET": f"{_BUCKET} location uploads versions",
    "PUT": _BUCKET,
    "DELETE": (
        "cors encryption lifecycle ownershipControls policy publicAccessBlock replication "
        "tagging website"
    ),
    "POST": "delete",
}
_OBJECTS = {
    "GET": f"{_OBJECT} attributes",
    "PUT": _OBJECT,
    "DELETE": "annotation tagging",
    "POST": "restore uploads",
}


def apply() -> None:
    """Look for what would be ignored before S3 answers, and after Lambda has."""
    from ministack.services import lambda_svc, s3

    dispatch, handle = s3._dispatch, lambda_svc.handle_request

    def dispatched(
        method: str, bucket: str, key: str, headers: Any, body: bytes, query: dict[str, Any]
    ) -> Any:
        unknown = _unknown(method, key, query)
        if "/s3express/" in headers.get("authorization", ""):
            unknown = "directory buckets"
        if unknown:
            message = unsupported(f"S3's {unknown}")
            return s3._error("NotImplemented", message, 501, f"/{bucket}/{key}".rstrip("/"))
        if method == "GET" and not key and "requestPayment" in query:
            # ministack looks for request-payment.
            return s3._get_bucket_request_payment(bucket)
        return dispatch(method, bucket, key, headers, body, query)

    async def handled(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        refused = 501, {"Content-Type": "application/json"}, _refusal(method, path)
        if "/code-signing-config" in path and not (method == "GET" and "/functions/" in path):
            return refused
        answer = await handle(method, path, headers, body, query)
        # So it words what it finds no function for, since it has no such call.
        fallen_through = f"Function not found: {unquote(path)}".encode()
        return refused if answer[0] == 404 and fallen_through in answer[2] else answer

    check(s3, "_get_bucket_request_payment", "69ca86f1363a")
    replace(s3, "_dispatch", "52562ee7c18b", dispatched)
    replace(lambda_svc, "handle_request", "f2255bfe6f90", handled)


def _unknown(method: str, key: str, query: dict[str, Any]) -> str:
    """Return what of a request to S3 would be ignored; empty if nothing is."""
    known = (_OBJECTS if key else _BUCKETS).get(method, "").split()
    asked = sorted(SUBRESOURCES & query.keys() - set(known))
    return f"{method} of a {'key' if key else 'bucket'}'s {asked[0]}" if asked else ""


def _refusal(method: str, path: str) -> bytes:
    told = {"Type": "User", "message": unsupported(f"Lambda's {method} {path}")}
    return json.dumps({"__type": "UnknownOperationException", **told}).encode()

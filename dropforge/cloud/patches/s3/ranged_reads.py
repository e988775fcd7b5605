"""A ranged GetObject reads its range only, also of a named version.

ministack reads the whole object for each range, and answers a range of a
version with all of it and status 200. It answers 200 with no bytes for an object
whose file cannot be read.
"""

import contextvars
import mmap
import os
from pathlib import Path
from typing import Any

from dropforge.cloud.patches.replacing import replace

_ranged: contextvars.ContextVar[bool] = contextvars.ContextVar("dropforge_ranged", default=False)


def apply() -> None:
    """Map the object's file instead of reading it, wherever a range is cut out of it."""
    from ministack.services import s3

    get_object, read_body = s3._get_object, s3._read_body

    def get(bucket: str, key: str, headers: dict[str, Any], query: Any = None) -> Any:
        span = headers.get("range")
        if not span:
            return get_object(bucket, key, headers, query)
        version = s3._qp(query or {}, "versionId", "")
        record = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)
        if version and record and record.get("version_id") == version:
            # The current version has the same bytes and headers without its name.
            query = {name: value for name, value in query.items() if name != "versionId"}
            version = ""
        token = _ranged.set(not version)
        try:
            status, answer, body = get_object(bucket, key, headers, query)
        finally:
            _ranged.reset(token)
        if not version or status != 200:
            return status, answer, body
        return _cut(bucket, key, span, answer, body)

    def read(bucket: str, key: str, record: dict[str, Any]) -> Any:
        path = s3._object_disk_path(bucket, key)
        kept = record.get("body") is not None or not record.get("size") or path is None
        if kept:
            return read_body(bucket, key, record)
        if not _ranged.get():
            # A file that cannot be read is an error; ministack would answer with no bytes.
            return Path(path).read_bytes()
        return _mapped(path)

    replace(s3, "_get_object", "64ad7071ef0e", get)
    replace(s3, "_read_body", "596e56d63502", read)


def _cut(bucket: str, key: str, span: str, answer: dict[str, Any], body: bytes) -> Any:
    """Return the answer to a range of a version whose bytes are all there."""
    from ministack.services import s3

    found = s3._parse_range(span, len(body))
    if found is None:
        unsatisfied = s3._xml_body(s3._range_error_xml(bucket, key))
        refused = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
        return 416, refused, unsatisfied
    first, last = found
    part = body[first : last + 1]
    # The checksum is of the whole, which the client would compare with the part.
    answer = {k: v for k, v in answer.items() if not k.lower().startswith("x-amz-checksum")}
    answer["Content-Length"] = str(len(part))
    answer["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return 206, answer, part


def _mapped(path: str) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)

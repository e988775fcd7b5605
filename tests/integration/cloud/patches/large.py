"""Objects of some MiB, and what they leave behind."""

import hashlib
import socket
from typing import Any

from dropforge.cloud import Cloud

MIB = 1 << 20


def left(cloud: Cloud) -> list[str]:
    """Return files that no object needs."""
    scratch = [path.name for path in (cloud.state_dir / "tmp").glob("s3-*")]
    return scratch + [path.name for path in (cloud.state_dir / "s3").rglob("*.tmp")]


def body_of(size: int, seed: int = 1) -> bytes:
    block = hashlib.sha256(bytes([seed])).digest() * (1 << 11)
    return b"".join(
        block[: 1 << 16][index % 251 :] + block[: index % 251] for index in range(-(-size >> 16))
    )[:size]


def etag_of(parts: list[bytes]) -> str:
    """Return the ETag that people find S3 to give an object of parts."""
    inner = b"".join(hashlib.md5(part, usedforsecurity=False).digest() for part in parts)
    return f'"{hashlib.md5(inner, usedforsecurity=False).hexdigest()}-{len(parts)}"'


def begin(s3: Any, key: str) -> dict[str, str]:
    upload = s3.create_multipart_upload(Bucket="large", Key=key)
    return {"Bucket": "large", "Key": key, "UploadId": upload["UploadId"]}


def complete(s3: Any, upload: dict[str, str], etags: dict[int, str]) -> dict[str, Any]:
    parts = [{"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)]
    answer = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    return dict(answer)


def read(s3: Any, key: str, **more: Any) -> bytes:
    return bytes(s3.get_object(Bucket="large", Key=key, **more)["Body"].read())


def half(cloud: Cloud, target: str, sent: bytes, size: int) -> socket.socket:
    """Begin a PUT and send a part of its body."""
    host, _, port = cloud.endpoint.removeprefix("http://").partition(":")
    line = socket.create_connection((host, int(port)))
    head = f"PUT {target} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {size}\r\n"
    scope = "Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    head += f"x-amz-content-sha256: UNSIGNED-PAYLOAD\r\nAuthorization: AWS4-HMAC-SHA256 {scope}"
    line.sendall(f"{head}\r\n\r\n".encode() + sent)
    return line

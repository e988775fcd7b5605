"""Requests to a cloud with its door, as they stand on the wire."""

import contextlib
import dataclasses
import http.client
import socket
from collections.abc import Callable
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from h2.connection import H2Connection
from h2.events import ResponseReceived

from dropforge.cloud import Cloud

Clients = Callable[[str], Any]
BUCKET, KEY = "door-reports", "run/report.html"
RULES = {
    "CORSRules": [
        {
            "AllowedOrigins": ["https://allowed.example"],
            "AllowedMethods": ["GET", "PUT"],
            "AllowedHeaders": ["*"],
        }
    ]
}


def make_reports(client: Clients) -> str:
    """Make a bucket with a report, and one with CORS rules; return the first one's name."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"<p>report</p>", ContentType="text/html")
    s3.create_bucket(Bucket="door-rules")
    s3.put_object(Bucket="door-rules", Key="k", Body=b"data")
    s3.put_bucket_cors(Bucket="door-rules", CORSConfiguration=RULES)
    return BUCKET


def raw(cloud: Cloud, *lines: str, body: bytes = b"") -> str:
    """Send these very lines; return all that comes back."""
    place = urlsplit(cloud.endpoint)
    assert place.hostname is not None
    with socket.create_connection((place.hostname, place.port or 0), timeout=10) as connection:
        text = "\r\n".join((*lines, "Connection: close", "", "")).encode("latin-1")
        connection.sendall(text + body)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts).decode("latin-1")


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


def call(cloud: Cloud, method: str, target: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(cloud.endpoint).netloc, timeout=10)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, headers=named)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def over_http2(cloud: Cloud, headers: list[tuple[str, str]]) -> str:
    """Return the status of the answer."""
    place = urlsplit(cloud.endpoint)
    assert place.hostname is not None
    session = H2Connection()
    with socket.create_connection((place.hostname, place.port or 0), timeout=10) as connection:
        session.initiate_connection()
        session.send_headers(1, headers, end_stream=True)
        connection.sendall(session.data_to_send())
        while data := connection.recv(65536):
            for event in session.receive_data(data):
                if isinstance(event, ResponseReceived):
                    found = {as_text(n): as_text(v) for n, v in event.headers or ()}
                    return found[":status"]
    return ""


def as_text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def presigned(client: Clients, bucket: str, key: str) -> str:
    url = client("s3").generate_presigned_url("get_object", {"Bucket": bucket, "Key": key})
    return url.partition(urlsplit(url).netloc)[2]


def authorization() -> str:
    scope = "test/20260101/us-east-1/s3/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"

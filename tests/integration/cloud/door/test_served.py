"""The door before the real services: raw requests, and the SDK's own."""

import dataclasses
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from dropforge.cloud import Cloud, admin
from dropforge.cloud.state import StateDir
from dropforge.errors import CloudError
from tests.integration.cloud.door.served import (
    KEY,
    Clients,
    call,
    make_reports,
    over_http2,
    presigned,
    raw,
)


@pytest.fixture(scope="module")
def reports(client: Clients) -> str:
    return make_reports(client)


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve what SDKs put before a loopback host; not every system does."""
    resolve = socket.getaddrinfo

    def find(host: Any, *arguments: Any, **named: Any) -> Any:
        own = str(host).endswith(("localhost", "127.0.0.1"))
        return resolve("127.0.0.1" if own else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", find)


@pytest.mark.parametrize(
    "lines",
    [
        ("GET / HTTP/1.1", "Host: evil.example"),
        ("GET / HTTP/1.1", "Host: localhost."),
        ("GET / HTTP/1.1", "Host: 2130706433"),
        ("GET / HTTP/1.1", "Host: [::ffff:127.0.0.1]"),
        ("GET / HTTP/1.1", "Host: user@localhost"),
        ("GET / HTTP/1.1", "Host: evil.example", "X-Forwarded-Host: localhost"),
        ("GET http://evil.example/ HTTP/1.1", "Host: localhost"),
        ("GET http://localhost/ HTTP/1.1", "Host: localhost"),
        ("GET / HTTP/1.0",),
        ("OPTIONS * HTTP/1.1", "Host: localhost"),
        ("GET / HTTP/1.1", "Host:"),
    ],
)
def test_raw_request_of_a_foreign_host_is_refused(cloud: Cloud, lines: tuple[str, ...]) -> None:
    answer = raw(cloud, *lines)
    assert answer.startswith("HTTP/1.1 403")
    assert "is not answered" in answer
    assert "ccess-control-allow" not in answer.lower()


def test_raw_request_without_or_with_two_hosts_is_refused(cloud: Cloud) -> None:
    two = raw(cloud, "GET / HTTP/1.1", "Host: localhost", "Host: evil.example")
    none = raw(cloud, "GET / HTTP/1.1")
    assert two.startswith(("HTTP/1.1 400", "HTTP/1.1 403"))
    assert none.startswith(("HTTP/1.1 400", "HTTP/1.1 403"))


@pytest.mark.parametrize(
    ("authority", "status"), [("localhost", "200"), ("evil.example", "403"), ("127.1", "403")]
)
def test_http2_authority_is_the_host(
    cloud: Cloud, client: Clients, reports: str, authority: str, status: str
) -> None:
    path = presigned(client, reports, KEY)
    headers = [
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", authority),
        (":path", path),
    ]
    assert over_http2(cloud, headers) == status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("style", ["path", "virtual"])
def test_sdk_finds_buckets_by_either_name_and_style(
    cloud: Cloud, resolved: None, host: str, style: str
) -> None:
    port = urlsplit(cloud.endpoint).port
    s3 = clouds.session(cloud).client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        config=Config(s3={"addressing_style": style}),
    )
    bucket = f"door-{host.replace('.', '-')}-{style}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a b/ü+%.csv", Body=b"data")
    assert s3.get_object(Bucket=bucket, Key="a b/ü+%.csv")["Body"].read() == b"data"
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [
        "a b/ü+%.csv"
    ]


def test_sdk_puts_an_account_or_an_operation_before_the_address(
    cloud: Cloud, client: Clients, resolved: None
) -> None:
    assert client("s3control").list_access_points(AccountId=cloud.account)["AccessPointList"] == []
    arn = f"arn:aws:states:us-east-1:{cloud.account}:stateMachine:absent"
    with pytest.raises(ClientError, match="not found"):
        client("stepfunctions").start_sync_execution(stateMachineArn=arn)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "list_buckets"),
        ("sqs", "list_queues"),
        ("sns", "list_topics"),
        ("iam", "list_roles"),
        ("cloudformation", "list_stacks"),
        ("stepfunctions", "list_state_machines"),
        ("events", "list_rules"),
        ("lambda", "list_functions"),
    ],
)
def test_sdk_shows_why_its_host_is_refused(cloud: Cloud, service: str, operation: str) -> None:
    found = clouds.session(cloud).client(service)

    def disguise(request: Any, **_: Any) -> None:
        request.headers["Host"] = "evil.example"

    found.meta.events.register("before-send.*", disguise)
    with pytest.raises(ClientError, match=r"'evil\.example' is not answered.*use 127\.0\.0\.1"):
        getattr(found, operation)()


def test_no_answer_allows_every_origin(cloud: Cloud, client: Clients, reports: str) -> None:
    heard: list[Any] = []
    for service, operation in (
        ("s3", "list_buckets"),
        ("sqs", "list_queues"),
        ("iam", "list_roles"),
    ):
        answer = getattr(client(service), operation)()
        heard.append(answer["ResponseMetadata"]["HTTPHeaders"])
    options = call(cloud, "OPTIONS", "/")
    heard.append({name.lower(): value for name, value in options.headers.items()})
    assert all("date" in headers for headers in heard)
    assert not [name for headers in heard for name in headers if name.startswith("access-control")]


def test_administrative_paths_need_the_token(cloud: Cloud, client: Clients, reports: str) -> None:
    for method, target in (
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/health"),
        ("GET", "/_ministack/ready"),
        ("GET", "/_ministack/sqs/messages"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/_ministack/sns/sms-messages"),
        ("GET", "/_localstack/health"),
        ("GET", "/health"),
        ("GET", "/_dropforge/health"),
    ):
        assert call(cloud, method, target).status == 403
    assert client("s3").head_object(Bucket=reports, Key=KEY)
    assert call(cloud, "GET", "/_ministack/health", x_dropforge_token=cloud.token).status == 200


def test_stack_function_can_send_its_result(cloud: Cloud) -> None:
    assert call(cloud, "PUT", "/_ministack/cfn-response/unknown").status == 200
    assert call(cloud, "PUT", "/_ministack/cfn-signal/unknown").status == 404


def test_ask_reads_a_route_with_the_token_or_says_why_not(cloud: Cloud) -> None:
    assert admin.ask(cloud, "health") == {"status": "up", "pid": cloud.pid}
    with pytest.raises(CloudError, match="no route 'a/b'"):
        admin.ask(cloud, "a/b", {"key": "x y"})
    with pytest.raises(CloudError, match="x-dropforge-token"):
        admin.ask(dataclasses.replace(cloud, token="wrong"), "health")
    with pytest.raises(CloudError, match="does not answer health"):
        admin.ask(dataclasses.replace(cloud, endpoint="http://127.0.0.1:1"), "health")


def test_message_is_told_of_as_soon_as_it_was_sent(
    cloud: Cloud, bucket: str, client: Clients
) -> None:
    def asked(seconds: float) -> tuple[object, float]:
        began = time.monotonic()
        place = {"bucket": bucket, "key": "runs/told/message.json", "seconds": f"{seconds}"}
        return admin.ask(cloud, "told", place)["told"], time.monotonic() - began

    def put(body: str) -> None:
        client("s3").put_object(Bucket=bucket, Key="runs/told/message.json", Body=body)

    assert asked(0.1)[0] is False
    for not_sent in ('{"sent": null}', "[]", "{", ""):
        put(not_sent)
        assert asked(0.05)[0] is False
    later = threading.Timer(0.3, put, ['{"sent": []}'])
    later.start()
    told, seconds = asked(10)
    later.join()
    assert told is True
    assert 0.2 < seconds < 5
    assert asked(10)[1] < 5


def test_ask_shows_the_token_to_no_proxy(cloud: Cloud) -> None:
    code = (
        "import pathlib, sys; from dropforge.cloud import admin, running; "
        "print(admin.ask(running(pathlib.Path(sys.argv[1])), 'health')['pid'])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(cloud.state_dir)],
        env={**os.environ, "http_proxy": "http://127.0.0.1:1", "no_proxy": ""},
        cwd=Path(clouds.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == str(cloud.pid)


def test_token_is_kept_for_the_owner_and_not_shown(cloud: Cloud) -> None:
    info = StateDir(cloud.state_dir).read_info()
    assert info is not None
    assert info["token"] == cloud.token
    assert len(cloud.token) >= 32
    assert cloud.token not in repr(cloud)

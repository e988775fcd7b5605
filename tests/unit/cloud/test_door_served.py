"""The door before the real services: raw requests, and the SDK's own."""

import contextlib
import dataclasses
import http.client
import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from h2.connection import H2Connection
from h2.events import ResponseReceived

from dropforge import cloud as clouds
from dropforge.cloud import Cloud, admin, lifecycle
from dropforge.cloud.state import StateDir
from dropforge.errors import CloudError
from tests.unit.cloud.conftest import train, training_request
from tests.unit.cloud.doors import NAVIGATION

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


@pytest.fixture(scope="module")
def reports(cloud: Cloud, client: Clients) -> str:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"<p>report</p>", ContentType="text/html")
    s3.create_bucket(Bucket="door-rules")
    s3.put_object(Bucket="door-rules", Key="k", Body=b"data")
    s3.put_bucket_cors(Bucket="door-rules", CORSConfiguration=RULES)
    return BUCKET


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve what SDKs put before a loopback host; not every system does."""
    resolve = socket.getaddrinfo

    def find(host: Any, *arguments: Any, **named: Any) -> Any:
        own = str(host).endswith(("localhost", "127.0.0.1"))
        return resolve("127.0.0.1" if own else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", find)


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


def test_presigned_report_opens_as_a_sandboxed_page(
    cloud: Cloud, client: Clients, reports: str
) -> None:
    target = presigned(client, reports, KEY)
    answer = call(cloud, "GET", target, **NAVIGATION)
    assert (answer.status, answer.body) == (200, b"<p>report</p>")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
    by_name = call(cloud, "GET", target.replace(f"/{reports}/", "/"), Host=f"{reports}.localhost")
    assert by_name.body == b"<p>report</p>"
    for headers in (
        NAVIGATION | {"sec-fetch-dest": "iframe"},
        NAVIGATION | {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"Origin": "http://localhost:3000"},
    ):
        refused = call(cloud, "GET", target, **headers)
        assert (refused.status, b"report<" in refused.body) == (403, False)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        f"/{BUCKET}",
        f"/{BUCKET}?list-type=2",
        f"/{BUCKET}/{KEY}?tagging",
        "/2015-03-31/functions/?X-Amz-Credential=test/20260101/us-east-1/lambda/aws4_request",
        "/_aws/lambda-url/x/",
    ],
)
def test_opening_what_is_no_object_is_refused(cloud: Cloud, reports: str, target: str) -> None:
    assert call(cloud, "GET", target, **NAVIGATION).status == 403


@pytest.mark.parametrize(
    ("bucket", "target"),
    [
        ("absent-bucket", "/absent-bucket/key"),
        # ministack asks a function of an API here, whatever buckets there are.
        ("restapis", "/restapis/abcdef01/stage/_user_request_/key"),
    ],
)
def test_opening_what_is_no_object_of_a_bucket_is_refused(
    cloud: Cloud, client: Clients, bucket: str, target: str
) -> None:
    if not bucket.startswith("absent"):
        client("s3").create_bucket(Bucket=bucket)
    answer = call(cloud, "GET", target, **NAVIGATION)
    assert (answer.status, b"a web page or a browser asks" in answer.body) == (403, True)


def test_host_of_another_service_is_no_bucket(cloud: Cloud, client: Clients) -> None:
    client("s3").create_bucket(Bucket="ses")
    client("s3").put_object(Bucket="ses", Key="k", Body=b"data")
    for host in ("ses.localhost", "ses.s3.alb.localhost"):
        answer = call(cloud, "GET", "/k", Host=host, **NAVIGATION)
        assert (answer.status, b"a web page or a browser asks" in answer.body) == (403, True)


def test_host_of_a_function_is_no_object(cloud: Cloud, reports: str) -> None:
    """ministack asks a function there, whatever the path says."""
    port = urlsplit(cloud.endpoint).port
    for host in (
        f"{'a' * 32}.lambda-url.us-east-1.localhost:{port}",
        f"abcdef01.execute-api.127.0.0.1:{port}",
        f"x.alb.localhost:{port}",
        f"{reports}.us-east-1.aoss.localhost:{port}",
        f"{reports}.s3.alb.localhost:{port}",
    ):
        answer = call(cloud, "GET", f"/{BUCKET}/{KEY}", Host=host, **NAVIGATION)
        assert (answer.status, b"a web page or a browser asks" in answer.body) == (403, True)


@pytest.mark.parametrize("target", ["/logout", "/oauth2/authorize", "/v20180820/key", "/v2/key"])
def test_path_of_another_service_is_no_key(cloud: Cloud, reports: str, target: str) -> None:
    answer = call(cloud, "GET", target, Host=f"{reports}.localhost", **NAVIGATION)
    assert (answer.status, b"a web page or a browser asks" in answer.body) == (403, True)


IMAGE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "listing"),
    [
        ("iam", "create_user", {"UserName": "door-made"}, "list_users"),
        ("sns", "create_topic", {"Name": "door-made"}, "list_topics"),
    ],
)
def test_query_action_of_a_page_changes_nothing(
    cloud: Cloud,
    client: Clients,
    service: str,
    operation: str,
    parameters: dict[str, str],
    listing: str,
) -> None:
    """Such a URL needs no secret: `test` is known to all, and its signature is not checked."""
    found = client(service)
    url = found.generate_presigned_url(operation, parameters, HttpMethod="GET")
    target = url.partition(urlsplit(url).netloc)[2]
    older = {"User-Agent": "Mozilla/5.0", "Accept": "text/html"}
    for headers in (IMAGE, IMAGE | {"sec-fetch-site": "same-origin"}, NAVIGATION, older):
        assert call(cloud, "GET", target, **headers).status == 403
    assert "door-made" not in str(getattr(found, listing)())
    # It is an attack only if it works for a program.
    assert call(cloud, "GET", target).status == 200
    assert "door-made" in str(getattr(found, listing)())


def test_rules_of_a_bucket_are_the_only_cors(cloud: Cloud, reports: str) -> None:
    allowed, other = "https://allowed.example", "https://other.example"
    wish = {"access-control-request-method": "PUT", "access-control-request-headers": "x-amz-date"}
    for origin, bucket, status in (
        (allowed, "door-rules", 200),
        (other, "door-rules", 403),
        (allowed, BUCKET, 403),
    ):
        for answer in (
            call(cloud, "OPTIONS", f"/{bucket}/k", Origin=origin, **wish),
            call(cloud, "GET", f"/{bucket}/k", Origin=origin, Authorization=_authorization()),
        ):
            expected = origin if status == 200 else None
            assert answer.headers["Access-Control-Allow-Origin"] == expected
            assert answer.status == status
    refused = call(cloud, "DELETE", "/door-rules/k", Origin=allowed, Authorization=_authorization())
    assert refused.status == 403


def test_rules_of_a_bucket_open_no_other_service(
    cloud: Cloud, client: Clients, reports: str
) -> None:
    allowed = {"Origin": "https://allowed.example"}
    credential = "X-Amz-Credential=test/20260101/us-east-1/iam/aws4_request"
    user = f"Action=CreateUser&UserName=door-cors&Version=2010-05-08&{credential}"
    queue = {"x-amz-target": "AmazonSQS.CreateQueue", "Authorization": _authorization()}
    iam = {"Authorization": _authorization().replace("/s3/", "/iam/")}
    for method, target, more in (
        ("GET", f"/door-rules/k?{user}", {}),
        ("PUT", f"/door-rules/k?{user}", {}),
        ("PUT", "/door-rules/k", queue),
        ("GET", "/door-rules/k", iam),
    ):
        assert call(cloud, method, target, **allowed | more).status == 403
    assert "door-cors" not in str(client("iam").list_users())


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


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A state directory that everybody can read, with what an earlier release left there."""
    state = StateDir(tmp_path / "state")
    for folder in (state.services, state.objects / "bucket", state.jobs / "job" / "output"):
        folder.mkdir(parents=True)
    for file in (
        state.services / "left.json",
        state.objects / "bucket" / "key",
        state.jobs / "job" / "output" / "failure",
        state.log,
        state.lock,
    ):
        file.write_text("{}")
    for path in (state.root, *state.root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return state.root


@pytest.fixture
def upgraded(earlier: Path) -> Iterator[Cloud]:
    started = clouds.up(earlier)
    yield started
    clouds.down(started)


def open_to_others(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)} {path.lstat().st_mode:o}"
        for path in (root, *root.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]


def test_state_is_closed_to_others_while_up_and_after(upgraded: Cloud) -> None:
    session = clouds.session(upgraded)
    session.client("ssm").put_parameter(Name="webhook", Value="secret", Type="SecureString")
    session.client("s3").create_bucket(Bucket="closed")
    session.client("s3").put_object(Bucket="closed", Key="a/b", Body=b"data")
    assert open_to_others(upgraded.state_dir) == []
    clouds.down(upgraded)
    assert "secret" in (upgraded.state_dir / "state" / "ssm.json").read_text()
    assert open_to_others(upgraded.state_dir) == []


def test_server_closes_what_it_makes_whoever_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "private_files", contextlib.nullcontext)
    cloud = clouds.up(tmp_path)
    try:
        clouds.session(cloud).client("s3").create_bucket(Bucket="closed")
        clouds.session(cloud).client("s3").put_object(Bucket="closed", Key="a/b", Body=b"data")
    finally:
        clouds.down(cloud)
    made = (*StateDir(tmp_path).objects.rglob("*"), *StateDir(tmp_path).services.rglob("*"))
    assert len(made) > 3
    assert not [path for path in made if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_functions_and_jobs_leave_nothing_open(
    cloud: Cloud, client: Clients, outputs: dict[str, str], bucket: str
) -> None:
    job = training_request("door-closed", bucket, outputs["TrainingRoleArn"])
    assert train(client("sagemaker"), job)["TrainingJobStatus"] == "Completed"
    name = next(name for name in outputs.values() if ":function:" in name)
    answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps({}).encode())
    assert answer["StatusCode"] == 200
    assert open_to_others(cloud.state_dir) == []


def _authorization() -> str:
    scope = "test/20260101/us-east-1/s3/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"

"""What pages may do with buckets, before the real services."""

from urllib.parse import urlsplit

import pytest

from dropforge.cloud import Cloud
from tests.integration.cloud.door.served import (
    BUCKET,
    KEY,
    Clients,
    authorization,
    call,
    make_reports,
    presigned,
)
from tests.unit.cloud.door.doors import NAVIGATION


@pytest.fixture(scope="module")
def reports(client: Clients) -> str:
    return make_reports(client)


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
            call(cloud, "GET", f"/{bucket}/k", Origin=origin, Authorization=authorization()),
        ):
            expected = origin if status == 200 else None
            assert answer.headers["Access-Control-Allow-Origin"] == expected
            assert answer.status == status
    refused = call(cloud, "DELETE", "/door-rules/k", Origin=allowed, Authorization=authorization())
    assert refused.status == 403


def test_rules_of_a_bucket_open_no_other_service(
    cloud: Cloud, client: Clients, reports: str
) -> None:
    allowed = {"Origin": "https://allowed.example"}
    credential = "X-Amz-Credential=test/20260101/us-east-1/iam/aws4_request"
    user = f"Action=CreateUser&UserName=door-cors&Version=2010-05-08&{credential}"
    queue = {"x-amz-target": "AmazonSQS.CreateQueue", "Authorization": authorization()}
    iam = {"Authorization": authorization().replace("/s3/", "/iam/")}
    for method, target, more in (
        ("GET", f"/door-rules/k?{user}", {}),
        ("PUT", f"/door-rules/k?{user}", {}),
        ("PUT", "/door-rules/k", queue),
        ("GET", "/door-rules/k", iam),
    ):
        assert call(cloud, method, target, **allowed | more).status == 403
    assert "door-cors" not in str(client("iam").list_users())

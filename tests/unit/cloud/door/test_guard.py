"""Origins, fetch metadata and paths: what of a page comes in."""

from typing import Any

import pytest

from tests.unit.cloud.door.doors import NAVIGATION, TOKEN, ask

FOREIGN = "http://evil.example"
OBJECT = "/reports/run/report.html"
SIGNED = "?X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0"
QUERY_ACTION = "/?Action=CreateQueue&QueueName=x&X-Amz-Credential=test%2F1%2Fx%2Fsqs%2Faws4_request"
CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"

ORIGINS = (
    FOREIGN,
    "https://evil.example",
    "null",
    "",
    "http://localhost:3000",
    "https://localhost:4566",
    "http://127.0.0.1:4567",
    # The cloud's own: an object of a bucket, or what was served here before.
    "http://127.0.0.1:4566",
    "http://evil.localhost:4566",
    "chrome-extension://abcdefghijklmnop",
    "file://",
    "https://allowed.example.evil.example",
    "https://allowed.example, http://evil.example",
)
CALLS = (
    ("GET", OBJECT + SIGNED),
    ("GET", "/"),
    ("GET", QUERY_ACTION),
    ("HEAD", OBJECT),
    ("PUT", OBJECT),
    ("DELETE", OBJECT),
    ("POST", "/"),
    ("POST", "/2015-03-31/functions"),
    ("POST", "/_ministack/reset"),
    ("POST", "/_ministack/config"),
    ("OPTIONS", OBJECT),
    ("OPTIONS", "/"),
)


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize(("method", "target"), CALLS)
def test_foreign_origin_is_refused(method: str, target: str, origin: str) -> None:
    for more in ({}, NAVIGATION, {"sec-fetch-site": "none"}, {"x-dropforge-token": TOKEN}):
        asked_for = {"access-control-request-method": "PUT"} if method == "OPTIONS" else {}
        answer = ask(method, target, {"origin": origin} | more | asked_for)
        assert (answer.status, answer.reached) == (403, False)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none", "odd"])
@pytest.mark.parametrize(
    ("mode", "dest"),
    [
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("no-cors", "empty"),
        ("no-cors", "document"),
        ("cors", "empty"),
        ("same-origin", "empty"),
        ("navigate", "iframe"),
        ("navigate", "frame"),
        ("navigate", "embed"),
        ("navigate", "object"),
        ("websocket", "websocket"),
    ],
)
@pytest.mark.parametrize(("method", "target"), CALLS)
def test_browser_without_origin_is_refused(
    method: str, target: str, site: str, mode: str, dest: str
) -> None:
    metadata = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    answer = ask(method, target, metadata)
    assert (answer.status, answer.reached) == (403, False)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none"])
def test_opening_an_object_as_a_page_is_answered_in_a_sandbox(site: str) -> None:
    for target in (
        OBJECT,
        OBJECT + SIGNED,
        OBJECT + "?AWSAccessKeyId=test&Signature=x&Expires=1&response-content-disposition=inline",
    ):
        answer = ask("GET", target, NAVIGATION | {"sec-fetch-site": site})
        assert answer.reached
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox ")
        assert "allow-same-origin" not in policy
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", QUERY_ACTION),
        ("GET", "/reports"),
        ("GET", "/reports/"),
        ("GET", "/unknown/key"),
        ("GET", OBJECT + "?Action=CreateUser&UserName=x"),
        ("GET", OBJECT + "?acl"),
        ("GET", OBJECT + "?response-content-type=text/html"),
        ("GET", OBJECT + "?x-amz-copy-source=/other/key"),
        ("GET", "/_ministack/health"),
        ("GET", "/health"),
        ("POST", OBJECT),
        ("PUT", OBJECT),
        ("DELETE", OBJECT),
        ("HEAD", OBJECT),
    ],
)
def test_opening_anything_else_as_a_page_is_refused(method: str, target: str) -> None:
    assert not ask(method, target, NAVIGATION).reached


def test_browser_without_fetch_metadata_may_open_an_object_only() -> None:
    agent = {"user-agent": CHROMIUM}
    html = agent | {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert ask(headers=html).reached
    assert "content-security-policy" in ask(headers=html).headers
    assert not ask(headers=agent | {"accept": "image/avif,image/webp,*/*"}).reached
    assert not ask(headers=agent).reached
    assert not ask("GET", QUERY_ACTION, html).reached
    assert not ask("POST", "/", html).reached


def test_programs_are_answered_whatever_they_call() -> None:
    for agent in ("Boto3/1.40.0", "aws-cli/2.1", "aws-sdk-js/3.1174.0", "node", "curl/8.0"):
        for method, target in CALLS[:8]:
            headers = {"user-agent": agent}
            # Node's fetch sends this one.
            headers |= {"sec-fetch-mode": "cors"} if agent == "node" else {}
            answer = ask(method, target, headers)
            assert answer.reached
            assert "content-security-policy" not in answer.headers


def test_answers_allow_no_page_to_read_them() -> None:
    for method in ("GET", "OPTIONS", "POST"):
        answer = ask(method, "/")
        assert answer.reached
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["content-type"] == "text/html"


ALLOWED = {"origin": "https://allowed.example", "sec-fetch-site": "cross-site"}


def test_rules_of_a_bucket_allow_what_they_say() -> None:
    for method, target in (("GET", OBJECT), ("PUT", OBJECT), ("GET", "/reports?list-type=2")):
        answer = ask(method, target, ALLOWED)
        assert answer.reached
        assert answer.headers["access-control-allow-origin"] == "*"
    assert not ask("DELETE", OBJECT, ALLOWED).reached
    assert not ask("GET", "/", ALLOWED).reached
    assert not ask("GET", "/unknown/key", ALLOWED).reached
    assert ask("GET", OBJECT, {"origin": "https://other.example"}).body.count("reports") == 1


def test_preflight_is_answered_as_the_rules_say() -> None:
    def preflight(method: str, wanted: str = "", target: str = OBJECT) -> bool:
        asked_for = {
            "access-control-request-method": method,
            "access-control-request-headers": wanted,
        }
        return ask("OPTIONS", target, ALLOWED | asked_for).reached

    assert preflight("PUT", "content-type, x-amz-date")
    assert not preflight("DELETE")
    assert not preflight("PUT", "content-type, x-odd")
    assert not preflight("PUT", target="/reports?policy")
    assert not ask("OPTIONS", OBJECT, ALLOWED).reached


@pytest.mark.parametrize("setting", ["policy", "cors", "notification", "versioning", "acl", ""])
def test_rules_of_a_bucket_do_not_open_its_settings(setting: str) -> None:
    target = f"/reports?{setting}" if setting else "/reports"
    assert not ask("PUT", target, ALLOWED).reached
    assert not setting or not ask("GET", target, ALLOWED).reached


def test_rules_of_a_bucket_do_not_open_others() -> None:
    for source in ("/secret/key", "secret/key", "%2Fsecret%2Fkey", "//secret/key", "reports2/x"):
        assert not ask("PUT", OBJECT, ALLOWED | {"x-amz-copy-source": source}).reached
        assert not ask("PUT", f"{OBJECT}?X-Amz-Copy-Source={source}", ALLOWED).reached
    twice = "?x-amz-copy-source=/secret/key&X-Amz-Copy-Source=/reports/key"
    assert not ask("PUT", OBJECT + twice, ALLOWED).reached
    twice = "?x-amz-copy-source=/secret/key&x-amz-copy-source=/reports/key"
    assert not ask("PUT", OBJECT + twice, ALLOWED).reached
    for source in ("/reports/other", "reports/other", "%2Freports%2Fother"):
        assert ask("PUT", OBJECT, ALLOWED | {"x-amz-copy-source": source}).reached


def test_rules_of_a_bucket_do_not_open_other_services_by_a_form() -> None:
    assert ask("POST", "/reports", ALLOWED | {"content-type": "multipart/form-data"}).reached
    for kind in ("application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; a=b"):
        assert not ask("POST", "/reports", ALLOWED | {"content-type": kind}).reached


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:4566", "https://allowed.example"],
)
def test_websocket_of_a_page_is_refused(origin: str) -> None:
    extension: dict[str, Any] = {"websocket.http.response": {}}
    answer = ask(headers={"origin": origin}, kind="websocket", extensions=extension)
    assert (answer.status, answer.reached) == (403, False)
    assert origin in answer.body
    assert not ask(headers={"origin": origin}, kind="websocket").reached
    assert ask(target="/stage", kind="websocket").reached

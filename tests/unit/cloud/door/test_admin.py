"""Administrative paths, and the form of a refusal."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from dropforge.cloud import admin
from tests.unit.cloud.door.doors import TOKEN, ask

FOREIGN = "http://evil.example"


@pytest.mark.parametrize(
    "path",
    [
        "/_ministack/reset",
        "/_ministack/health",
        "/_ministack/config",
        "/_ministack/lambda-code/000000000000/us-east-1/f",
        "/_ministack/eks-auth/000000000000/us-east-1/c/aaaaaaaaaaaaaaaa",
        "/_ministack/rds/iam-auth",
        "/_ministack",
        "//_ministack/reset",
        "/%5Fministack/reset",
        "/_ministack%2Freset",
        "/_localstack/health",
        "/_localstack/state/reset",
        "/_aws/lambda-url/x/",
        "/_aws/execute-api/x/y/z",
        "/health",
        "/_dropforge/health",
        "/_dropforge/",
        "/_ministack/cfn-response/x",
    ],
)
def test_administrative_path_needs_the_token(path: str) -> None:
    for method in ("GET", "POST"):
        for sent in ({}, {"x-dropforge-token": "wrong"}, {"x-dropforge-token": ""}):
            answer = ask(method, path, sent)
            assert (answer.status, answer.reached) == (403, False)
            assert "x-dropforge-token" in answer.body
    assert ask("GET", path, {"x-dropforge-token": TOKEN}).status != 403


def test_a_door_without_a_token_opens_to_nobody() -> None:
    assert not ask("GET", "/health", {"x-dropforge-token": ""}, token="").reached


def test_websocket_of_an_administrative_path_needs_the_token() -> None:
    assert not ask(target="/_aws/execute-api/x/y", kind="websocket").reached
    token = {"x-dropforge-token": TOKEN}
    assert ask(target="/_aws/execute-api/x/y", headers=token, kind="websocket").reached


def test_stack_functions_send_their_results_to_a_path_of_their_own() -> None:
    for path in ("/_ministack/cfn-response/", "/_ministack/cfn-signal/"):
        assert ask("PUT", path + "0b53ae40").reached
        assert not ask("POST", path + "0b53ae40").reached
        assert not ask("PUT", path + "0b53ae40", {"origin": FOREIGN}).reached


def test_refusal_has_the_form_that_its_client_reads() -> None:
    wanted = "use 127.0.0.1"
    json_call = {"x-amz-target": "AmazonSQS.ListQueues"}
    body = json.loads(ask("POST", "/", json_call, host="a<b").body)
    assert body["__type"] == "AccessDeniedException"
    assert wanted in body["message"]
    message = ElementTree.fromstring(ask(host="a<b&").body).findtext("Error/Message")
    assert message is not None
    assert "'a<b&'" in message
    page = ask(headers={"origin": FOREIGN})
    assert page.headers["content-type"].startswith("text/plain")
    assert page.headers["x-content-type-options"] == "nosniff"


def test_own_route_answers_with_json(monkeypatch: pytest.MonkeyPatch) -> None:
    token = {"x-dropforge-token": TOKEN}

    def fail(parameters: dict[str, str]) -> dict[str, Any]:
        raise ValueError(parameters["key"])

    monkeypatch.setitem(admin.routes, "echo", lambda parameters: {"heard": parameters})
    monkeypatch.setitem(admin.routes, "fail", fail)
    answer = ask("GET", "/_dropforge/echo?key=a%2Fb%20c&empty=", token)
    assert (answer.status, answer.reached) == (200, False)
    assert json.loads(answer.body) == {"heard": {"key": "a/b c", "empty": ""}}
    assert ask("POST", "/_dropforge/echo", token).status == 405
    unknown = ask("GET", "/_dropforge/unknown", token)
    assert (unknown.status, unknown.reached) == (404, False)
    assert "health" in unknown.body
    failed = ask("GET", "/_dropforge/fail?key=why", token)
    assert failed.status == 500
    assert "ValueError: why" in failed.body

"""Which errors pass by themselves, what the state machine is told of them, and how clients wait."""

import itertools
from typing import Any

import botocore.exceptions as botocore_errors
import pytest
import urllib3
from botocore.exceptions import ClientError

from pipeline import clients, errors
from pipeline.aws_errors import named_errors, passes
from pipeline.errors import (
    ArtefactError,
    EmptyFileError,
    PipelineError,
    ServiceBusyError,
    ServiceRefusedError,
    UnexpectedError,
)
from tests.unit.pipeline.storage.s3_server import Behaviour, serving


def refused(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "DescribeModelPackageGroup")


BROKEN = [
    botocore_errors.ResponseStreamingError(error="reset"),
    botocore_errors.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    botocore_errors.ConnectionClosedError(endpoint_url="e"),
    botocore_errors.ReadTimeoutError(endpoint_url="e"),
    botocore_errors.ConnectTimeoutError(endpoint_url="e"),
    botocore_errors.EndpointConnectionError(endpoint_url="e"),
    botocore_errors.FlexibleChecksumError(error_msg="crc"),
    urllib3.exceptions.SSLError("decryption failed or bad record mac"),
]


@pytest.mark.parametrize(
    "error",
    [
        refused("ThrottlingException"),
        refused("SlowDown", 503),
        refused("RequestLimitExceeded"),
        refused("TooManyRequestsException", 429),
        refused("InternalFailure", 500),
        refused("whatever", 502),
        refused("", 504),
        *BROKEN,
    ],
    ids=str,
)
def test_what_passes_is_named_so_that_it_is_tried_again(error: Exception) -> None:
    assert passes(error)
    said = r"Find champion: .*[Dd]rop the file again"
    with pytest.raises(ServiceBusyError, match=said), named_errors("Find champion"):
        raise error


@pytest.mark.parametrize(
    "code", ["AccessDenied", "AccessDeniedException", "ValidationException", "NoSuchBucket", ""]
)
def test_what_does_not_pass_fails_at_once_with_its_cause_and_a_remedy(code: str) -> None:
    error = refused(code, 403 if "Denied" in code else 400)
    assert not passes(error)
    with pytest.raises(ServiceRefusedError) as caught, named_errors("Find champion"):
        raise error
    message = str(caught.value)
    assert "Find champion: " in message
    assert "DescribeModelPackageGroup" in message
    assert ("deploy the stack again" in message) == ("Denied" in code)


@pytest.mark.parametrize("error", [KeyError("version"), ValueError("buffer"), RecursionError("x")])
def test_what_nobody_foresaw_says_its_step_and_what_to_do(error: Exception) -> None:
    said = rf"Evaluate: {type(error).__name__}: .*again"
    with pytest.raises(UnexpectedError, match=said), named_errors("Evaluate"):
        raise error


def test_errors_of_our_own_stay_as_they_are() -> None:
    with pytest.raises(EmptyFileError, match=r"^no rows$"), named_errors("Plan data"):
        raise EmptyFileError("no rows")
    with pytest.raises(ArtefactError, match=r"^Plan data: gone$"), named_errors("Plan data"):
        raise ArtefactError("gone")


def test_message_of_any_length_keeps_its_beginning_and_its_remedy() -> None:
    name = "n" * 150_000
    message = str(PipelineError(f"target {name} of the file is constant; add rows"))
    assert len(message) == errors.MESSAGE_LIMIT
    assert message.startswith("target nnn")
    assert message.endswith("add rows")


@pytest.fixture
def endpoint_variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return monkeypatch


def test_client_waits_longer_than_boto3_does(endpoint_variables: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    endpoint_variables.setattr("botocore.endpoint.time.sleep", waits.append)
    statuses = itertools.repeat((503, "SlowDown"), clients.ATTEMPTS - 1)
    behaviour = Behaviour(b"body", refusals=list(statuses))
    with serving(behaviour) as endpoint:
        endpoint_variables.setenv("AWS_ENDPOINT_URL", endpoint)
        body = clients.client("s3").get_object(Bucket="b", Key="k")["Body"].read()
    assert body == b"body"
    assert len(behaviour.ranges) == clients.ATTEMPTS
    # Full jitter: anything between nothing and 1, 2, 4, ... at most 20 s.
    assert len(waits) == clients.ATTEMPTS - 1 == 7
    assert all(wait <= min(20, 2**n) for n, wait in enumerate(waits))


def test_client_does_not_wait_for_what_will_not_pass(
    endpoint_variables: pytest.MonkeyPatch,
) -> None:
    behaviour = Behaviour(b"body", refusals=[(403, "AccessDenied")] * 9)
    with serving(behaviour) as endpoint:
        endpoint_variables.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(ClientError, match="AccessDenied"):
            clients.client("s3").get_object(Bucket="b", Key="k")
    assert len(behaviour.ranges) == 1


def test_client_has_a_connection_for_each_reader(endpoint_variables: pytest.MonkeyPatch) -> None:
    del endpoint_variables
    config = clients.client("s3").meta.config
    assert config.max_pool_connections >= 16
    assert config.read_timeout == clients.READ_SECONDS

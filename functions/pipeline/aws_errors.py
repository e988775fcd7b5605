"""Which errors of AWS pass by themselves, and what the state machine is told of an error."""

from collections.abc import Iterator
from contextlib import contextmanager

import urllib3.exceptions
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 botocore's own
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)

from pipeline.errors import (
    ArtefactError,
    PipelineError,
    ServiceBusyError,
    ServiceRefusedError,
    UnexpectedError,
)

BROKEN = (
    *(HTTPClientError, ConnectionError, IncompleteReadError, FlexibleChecksumError),
    urllib3.exceptions.HTTPError,
)
"""A connection that was not had, broke off or was silent, or a body that came otherwise than sent.

HTTPClientError has ReadTimeoutError, ConnectionClosedError and ResponseStreamingError below it.
Of what breaks while a body is read botocore renames two errors only; TLS's is left as urllib3's.
"""
ABSENT = ("NoSuchKey", "NoSuchVersion", "NoSuchBucket", "404")
"""What S3 calls an object that is not there; HeadObject has no body, so its code is a number."""
DENIED = ("AccessDenied", "AccessDeniedException", "403")
"""S3 says this of a missing object as well, to those who may not list the bucket."""

# AWS SDKs and tools reference guide, "Retry behavior", and what services were seen to answer.
_PASSING = frozenset(
    {
        "BandwidthLimitExceeded",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "InternalServiceError",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_TRANSIENT_STATUS = (429, 500, 502, 503, 504)


def code_of(error: ClientError) -> str:
    """Return what a service calls an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def passes(error: Exception) -> bool:
    """Tell whether an error is one that passes by itself, as a throttle does."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return code_of(error) in _PASSING or status in _TRANSIENT_STATUS
    return isinstance(error, BROKEN)


@contextmanager
def named_errors(step: str) -> Iterator[None]:
    """Give every error that leaves a step a name that tells whether it passes.

    botocore's ClientError is a throttle and a denial alike, and the state machine knows
    errors by their names alone.

    Raises
    ------
    ServiceBusyError
        What passes by itself did not within the client's own attempts.
    ServiceRefusedError
        A service refused a call for a reason that will not pass.
    UnexpectedError
        Anything that is neither ours nor AWS's.
    """
    try:
        yield
    except ArtefactError as error:
        raise ArtefactError(f"{step}: {error}") from error
    except PipelineError:
        raise
    except (BotoCoreError, ClientError, urllib3.exceptions.HTTPError) as error:
        if passes(error):
            raise ServiceBusyError(
                f"{step}: {error}; it was tried again for minutes. Drop the file again later"
            ) from error
        raise ServiceRefusedError(f"{step}: {error}; {_remedy(error)}") from error
    except Exception as error:
        raise UnexpectedError(
            f"{step}: {type(error).__name__}: {error}; drop the file again, and if that fails as "
            f"well report it with the function's log as a defect"
        ) from error


def _remedy(error: Exception) -> str:
    if isinstance(error, ClientError) and code_of(error) in DENIED:
        return (
            "allow it: deploy the stack again, which restores the roles, and look for a policy of "
            "the bucket, the key or the organisation that denies it; then drop the file again"
        )
    return "it will not pass by itself: correct what it names, then drop the file again"

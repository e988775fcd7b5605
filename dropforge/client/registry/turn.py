"""A person's turn to change the champion of a dataset: no run registers meanwhile."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from botocore.exceptions import ClientError

from dropforge.client.execution.executions import execution_of
from dropforge.client.stack import Stack
from dropforge.errors import RegistryError
from pipeline import turns
from pipeline.aws_errors import DENIED, code_of
from pipeline.errors import RegistrationBusyError

WAIT_SECONDS = 60.0
"""A run has its turn for seconds."""
_PAUSE_SECONDS = 0.5
_LIFETIME = timedelta(minutes=2)


@contextmanager
def turn(stack: Stack, dataset: str, what: str) -> Iterator[None]:
    """Have the turn of a dataset.

    Who may change the registry need not be allowed to write to the bucket: then it is done
    without, and only a run that registers in the same second can come after it.

    Raises
    ------
    RegistryError
        Another has had it for a minute.
    """
    name = f"{what} ({uuid.uuid4().hex[:8]})"
    taken = _taken(stack, dataset, name)
    try:
        yield
    finally:
        if taken:
            turns.give_back(stack.client("s3"), stack.bucket, dataset, name)


def _taken(stack: Stack, dataset: str, name: str) -> bool:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            turns.take(
                stack.client("s3"),
                stack.bucket,
                dataset,
                name,
                None,
                lambda arn: (execution_of(stack, arn) or {}).get("status") != "RUNNING",
                _LIFETIME,
            )
        except RegistrationBusyError as error:
            if time.monotonic() > end:
                who = str(error).partition(", so ")[0]
                raise RegistryError(
                    f"{who}, and was after {WAIT_SECONDS:g} s; try again, or stop that execution"
                ) from error
            time.sleep(_PAUSE_SECONDS)
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            return False
        else:
            return True

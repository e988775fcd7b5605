"""Whose turn it is to change which model of a dataset is in use.

SageMaker registers whatever it is sent, so what makes "register only if the champion is
still the one that was compared" one step is a lease in the bucket: an object of the
dataset, written only as S3's conditional writes allow. It is free when its holder gave it
back, when the execution that holds it has ended, and after its time in any case.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from pipeline import layout
from pipeline.aws_errors import ABSENT, code_of
from pipeline.errors import RegistrationBusyError
from pipeline.storage.conditional import put_if_unchanged

PREFIX = "turns/"
LIFETIME = timedelta(hours=1)
"""Longer than an execution can be between taking its turn and giving it back: the states'
time limits and waits, which a test adds up."""
_TRIES = 5


@dataclass(frozen=True)
class Holder:
    """Who has the turn."""

    name: str
    """A run, or what a person does; the same holder may take its turn again."""
    execution: str | None = None
    """ARN of the run's execution."""
    taken: str = ""
    until: str = ""
    """Both in UTC, ISO 8601."""


def take(
    s3: Any,
    bucket: str,
    dataset: str,
    name: str,
    execution: str | None,
    is_over: Callable[[str], bool],
    lifetime: timedelta = LIFETIME,
) -> None:
    """Take the turn of a dataset.

    Parameters
    ----------
    is_over : says of an execution's ARN whether it is known to have ended.

    Raises
    ------
    RegistrationBusyError
        Another holds it.
    """
    holder = None
    for _ in range(_TRIES):
        holder, etag = _read(s3, bucket, dataset)
        if holder and holder.name != name and not _is_free(holder, is_over):
            break
        now = datetime.now(UTC)
        mine = Holder(name, execution, now.isoformat(), (now + lifetime).isoformat())
        if _write(s3, bucket, dataset, asdict(mine), etag):
            return
    raise RegistrationBusyError(_busy(dataset, holder))


def give_back(s3: Any, bucket: str, dataset: str, name: str) -> None:
    """Give the turn back if the named holder has it."""
    holder, etag = _read(s3, bucket, dataset)
    if holder and holder.name == name:
        # If that fails it was taken over in between, and is another's now.
        _write(s3, bucket, dataset, {}, etag)


def _is_free(holder: Holder, is_over: Callable[[str], bool]) -> bool:
    if datetime.fromisoformat(holder.until) < datetime.now(UTC):
        return True
    return holder.execution is not None and is_over(holder.execution)


def _read(s3: Any, bucket: str, dataset: str) -> tuple[Holder | None, str]:
    """Return who holds the turn, and the object's ETag; "" if there is no object yet."""
    try:
        found = s3.get_object(Bucket=bucket, Key=layout.turn_key(dataset))
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return None, ""
    try:
        holder = Holder(**json.loads(found["Body"].read()))
        datetime.fromisoformat(holder.until)
    except (ValueError, TypeError):
        # Given back, or no turn at all, as when a person wrote there: nobody holds it.
        return None, found["ETag"]
    return holder, found["ETag"]


def _write(s3: Any, bucket: str, dataset: str, document: dict[str, Any], etag: str) -> bool:
    body = json.dumps(document, ensure_ascii=False).encode()
    kind = "application/json"
    written = put_if_unchanged(
        s3, etag, Bucket=bucket, Key=layout.turn_key(dataset), Body=body, ContentType=kind
    )
    return written is not None


def _busy(dataset: str, holder: Holder | None) -> str:
    who = f"{holder.name} since {holder.taken}" if holder else "several runs at once"
    until = f", until {holder.until} at the latest" if holder else ""
    return (
        f"the model in use for {dataset} is just being changed by {who}{until}, so this model was "
        f"not registered; if that run hangs, stop its execution, then take this run's model into "
        f"use with `dropforge promote RUN`"
    )

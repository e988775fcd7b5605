"""Deletes the models of a stack that are older than their time, one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.errors import TidyError
from pipeline.wording import counted
from tidy.need import is_gone, models_of_endpoints, models_of_running

STACK_TAG = "dropforge:stack"
"""What the state machines put on each model. A name does not tell its stack."""
_PAGE = 100
_SPARE_SECONDS = 90.0
"""Left for the call that is under way: the client tries a throttled one again for so long."""
_NAMED = 5


@dataclass(frozen=True)
class Stack:
    """Whose models are looked after.

    Attributes
    ----------
    machines : ARNs of the state machines that make models.
    """

    name: str
    machines: tuple[str, ...]


@dataclass
class Tidied:
    """What became of the models that were old enough, by name.

    Attributes
    ----------
    deleted : on a trial, those that would be.
    late : how many were not looked at for want of time.
    """

    deleted: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failed: dict[str, Exception] = field(default_factory=dict)
    late: int = 0


def tidy(
    sagemaker: Any,
    sfn: Any,
    stack: Stack,
    before: datetime,
    seconds_left: Callable[[], float],
    *,
    trial: bool = False,
) -> Tidied:
    """Delete the stack's models made before a time, unless a run or an endpoint needs them.

    Model packages need none: they name the artefact in S3, of which a model can be made again.

    Parameters
    ----------
    seconds_left : until the invocation is cut off.
    trial : whether nothing is to be deleted.

    Raises
    ------
    TidyError
        It cannot be told which models are needed, so none was deleted.
    """
    tidied = Tidied()
    try:
        old = list(_older(sagemaker, before))
        if not old:
            return tidied
        # After the models: whatever made one of them and goes on is among these.
        running = models_of_running(sfn, stack.machines)
    except (BotoCoreError, ClientError) as error:
        raise _unknown(error) from error
    free = [model for model in old if not running.fullmatch(model["ModelName"])]
    own = [
        model
        for model in _in_time(free, tidied, seconds_left)
        if _attempt(tidied, model, partial(_is_of, sagemaker, stack, model))
    ]
    try:
        used = models_of_endpoints(sagemaker) if own else set()
    except (BotoCoreError, ClientError) as error:
        raise _unknown(error) from error
    for model in _in_time(own, tidied, seconds_left):
        name = model["ModelName"]
        if name in used:
            tidied.kept.append(name)
        elif trial or _attempt(tidied, model, partial(_delete, sagemaker, name)):
            tidied.deleted.append(name)
    return tidied


def check(tidied: Tidied) -> None:
    """Raise what was left undone, so that it is tried again and in the end told.

    Raises
    ------
    TidyError
    """
    said = []
    if tidied.failed:
        first = list(tidied.failed.items())[:_NAMED]
        named = "; ".join(f"{name}: {error}" for name, error in first)
        rest = len(tidied.failed) - len(first)
        more = f"; and {rest:,} more" if rest else ""
        said.append(
            f"not deleted: {counted(len(tidied.failed), 'SageMaker model')} ({named}{more})"
        )
    if tidied.late:
        said.append(f"not looked at for want of time: {counted(tidied.late, 'SageMaker model')}")
    if said:
        raise TidyError(
            f"{'; '.join(said)}; deleted: {len(tidied.deleted):,}. Tomorrow it is tried again; "
            f"if a permission is missing, deploy the stack again, which restores the roles"
        )


def _older(sagemaker: Any, before: datetime) -> Iterator[dict[str, Any]]:
    """Yield the account's models made before a time, the oldest first."""
    pages = sagemaker.get_paginator("list_models").paginate(
        CreationTimeBefore=before,
        SortBy="CreationTime",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": _PAGE},
    )
    for page in pages:
        for model in page["Models"]:
            if model["CreationTime"] < before:
                yield model


def _in_time(
    models: list[dict[str, Any]], tidied: Tidied, seconds_left: Callable[[], float]
) -> Iterator[dict[str, Any]]:
    for at, model in enumerate(models):
        if seconds_left() < _SPARE_SECONDS:
            tidied.late += len(models) - at
            return
        yield model


def _attempt(tidied: Tidied, model: dict[str, Any], call: Callable[[], bool]) -> bool:
    """Return what a call answers; False and a note if it fails, since others may be well."""
    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and is_gone(error):
            # Somebody else was quicker, or an answer was lost.
            return False
        tidied.failed[model["ModelName"]] = error
        return False


def _is_of(sagemaker: Any, stack: Stack, model: dict[str, Any]) -> bool:
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=model["ModelArn"])
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(STACK_TAG) == stack.name


def _delete(sagemaker: Any, name: str) -> bool:
    sagemaker.delete_model(ModelName=name)
    return True


def _unknown(error: Exception) -> TidyError:
    return TidyError(
        f"no SageMaker model was deleted, since it is not known which are needed: {error}. "
        f"Tomorrow it is tried again; if a permission is missing, deploy the stack again, which "
        f"restores the roles"
    )

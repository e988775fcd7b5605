"""Finds the run that a person names: in full, by its beginning, or as ``latest``."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any

from dropforge.client.stack import Stack
from dropforge.errors import RunAmbiguousError, RunUnknownError
from pipeline import drop_keys, layout, run_names
from pipeline.documents import kinds

LATEST = "latest"
_STAMP = re.compile(r"-(\d{8}-\d{6})-[0-9a-f]{8}$")
_LOST = "lost-"
"""What the name of a drop begins with that could not be handled: its time is not in it."""
_LOOKED_AT = 1000
"""Executions looked at: Step Functions lists them by time alone."""
_NEWEST = 100
"""Executions among which the newest run is: a page of them, as `runs` reads."""
_SHOWN = 10


@dataclass(frozen=True)
class Known:
    """A run that an execution or a prefix of the bucket tells of.

    Parameters
    ----------
    execution : the name of its execution, None if there is none (any more).
    """

    run: str
    began: datetime
    execution: str | None = None


def run_named(stack: Stack, given: str) -> str:
    """Return the name of the run that is meant.

    A full name, of a run or of an execution, goes before the beginning of others.

    Raises
    ------
    RunUnknownError
        No run is called so or begins so.
    RunAmbiguousError
        Several begin so; the message lists them.
    """
    exact = run_names.run_of_execution(given)
    if given and _exists(stack, exact, given):
        return exact
    if given == LATEST:
        newest = known_runs(stack, "", _NEWEST)
        if not newest:
            raise RunUnknownError(
                f"there are no runs in the stack {stack.environment.stack_name} yet; "
                f"`dropforge run FILE` makes one"
            )
        return newest[0].run
    found = known_runs(stack, given, _LOOKED_AT) if given else []
    if len(found) == 1:
        return found[0].run
    if found:
        raise RunAmbiguousError(_choice(given, [known.run for known in found]))
    raise RunUnknownError(
        f"there is no run {given!r} in the stack {stack.environment.stack_name}, and none that "
        f"begins so; `dropforge runs` lists the runs"
    )


def known_runs(stack: Stack, beginning: str, most: int) -> list[Known]:
    """Return the runs whose names, or whose executions', begin so, the newest first.

    Drops refused before an execution began are runs too.

    Parameters
    ----------
    most : executions to look at.
    """
    found = {
        run: Known(run, item["startDate"].astimezone(UTC), item["name"])
        for item in islice(executions(stack), most)
        for run in [run_names.run_of_execution(item["name"])]
        if item["name"].startswith(beginning) or run.startswith(beginning)
    }
    for run in _prefixes(stack, beginning):
        time = time_in(run)
        if run not in found and time:
            found[run] = Known(run, time)
    if _LOST.startswith(beginning[: len(_LOST)]):
        found |= {known.run: known for known in lost_drops(stack, beginning)}
    return newest_first(found.values())


def newest_first(found: Iterable[Known]) -> list[Known]:
    """Return runs in the order in which they are listed."""
    return sorted(found, key=lambda known: (known.began, known.run), reverse=True)


def executions(stack: Stack) -> Iterator[dict[str, Any]]:
    """Yield the executions of both state machines, the newest first."""
    machines = [stack, *([stack.scoring()] if stack.can_score else [])]
    return merge(
        *(_executions(one) for one in machines), key=lambda item: item["startDate"], reverse=True
    )


def _executions(stack: Stack) -> Iterator[dict[str, Any]]:
    pages = stack.client("stepfunctions").get_paginator("list_executions")
    for page in pages.paginate(stateMachineArn=stack.state_machine_arn):
        yield from page["executions"]


def stack_of(stack: Stack, run: str) -> Stack:
    """Return the stack with the state machine that a run is of."""
    from dropforge.client.execution.executions import execution_of

    if not stack.can_score:
        return stack
    key = stack.known(run, kinds.REQUEST).get("key")
    scores = (
        key.startswith(drop_keys.SCORE)
        if key
        else execution_of(stack, stack.scoring().execution_arn(run)) is not None
    )
    return stack.scoring() if scores else stack


def time_in(run: str) -> datetime | None:
    """Return the time in a run's name, that of its object; None if it has none."""
    stamp = _STAMP.search(run)
    if stamp is None:
        return None
    try:
        return datetime.strptime(stamp[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def dataset_in(run: str) -> str | None:
    """Return the dataset that a run's name holds, None if it holds none or may be cut."""
    stamp = _STAMP.search(run)
    stem = run[: stamp.start()] if stamp else ""
    # Where a longer name would have left a longer stem, this one is whole.
    return stem if stem and run_names.run_stem(f"{stem}-x") != stem else None


def _exists(stack: Stack, run: str, execution: str) -> bool:
    from dropforge.client.execution.executions import execution_of

    if stack.has(f"{layout.prefix_of(run)}/"):
        return True
    machines = [stack, *([stack.scoring()] if stack.can_score else [])]
    return any(execution_of(one, one.execution_arn(execution)) for one in machines)


def _prefixes(stack: Stack, beginning: str) -> Iterator[str]:
    pages = stack.client("s3").get_paginator("list_objects_v2")
    start = layout.prefix_of(beginning)
    for page in pages.paginate(Bucket=stack.bucket, Prefix=start, Delimiter="/"):
        for item in page.get("CommonPrefixes", []):
            yield item["Prefix"].rstrip("/").rsplit("/", 1)[-1]


def lost_drops(stack: Stack, beginning: str = "") -> Iterator[Known]:
    """Yield the drops that could not be handled: their message is all that there is of them."""
    start = layout.prefix_of(max(beginning, _LOST, key=len))
    pages = stack.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=stack.bucket, Prefix=start):
        for item in page.get("Contents", []):
            run = item["Key"].split("/")[1]
            if item["Key"] == layout.run_key(run, layout.MESSAGE):
                yield Known(run, item["LastModified"].astimezone(UTC))


def _choice(given: str, runs: list[str]) -> str:
    shown = "\n".join(f"  {run}" for run in runs[:_SHOWN])
    more = f"\n  and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else ""
    return (
        f"{len(runs)} runs begin with {given!r}; give more of the name, or `{LATEST}` for the "
        f"newest of all:\n{shown}{more}"
    )

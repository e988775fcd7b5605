"""Each SageMaker call of a run, and each way in which it can go wrong."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from bench.faults.cell import FAILED, TRAINED, UNDECIDED, Arrange, Cell, Expect
from bench.faults.lane import Lane

Entry = dict[str, Any]

_ENDLESS = 100_000
_SLOW_SECONDS = 2.0
# A function waits for an answer which does not come in time, asks again, and is tried again
# itself. The cloud's threads are held for no longer than that.
_HANG_SECONDS = 5.0
_PATIENCE_SECONDS = "1"
_HANG_LIMIT = 400.0


@dataclass(frozen=True)
class Call:
    """A SageMaker call of a run.

    Parameters
    ----------
    name : pattern of what it is about; {dataset} stands for the dataset.
    champions : for which of "no model in use" and "a model in use" it is made.
    while_count : refusals that pass before the run gives up: a state machine's task is tried
        six times, a function's client eight times.
    optional : the run goes on without it, and a person decides.
    spare : the run goes on without it, and nobody is asked.
    """

    operation: str
    name: str
    state: str
    champions: tuple[bool, ...] = (False, True)
    while_count: int = 4
    optional: bool = False
    spare: bool = False

    @property
    def what(self) -> str:
        """Name the call in the table."""
        return f"{self.operation} ({self.state})"


_BOTH, _ONLY_FIRST, _ONLY_CHAMPION = (False, True), (False,), (True,)
# A champion's model and transform job end in -c; before the last letter of others is no hyphen.
# The first attempt has the run's name.
_SECOND = "{dataset}-*-r1"
_OWN, _CHAMPIONS = "{dataset}-*[!-]?", "{dataset}-*-c"
CALLS = (
    Call("DescribeModelPackageGroup", "*{dataset}", "Find champion", _BOTH, 8),
    Call("CreateModelPackageGroup", "*{dataset}", "Find champion", _ONLY_FIRST, 8),
    # Without a model in use Evaluate is the first that lists them: the group is there by then.
    Call("ListModelPackages", "*{dataset}", "Find champion", _BOTH, 8),
    Call("DescribeModelPackage", "*{dataset}/*", "Find champion", _ONLY_CHAMPION, 8),
    Call("CreateTrainingJob", "{dataset}-*", "Train model (XGBoost)"),
    Call("DescribeTrainingJob", "{dataset}-*", "Train model (XGBoost)"),
    Call("CreateTrainingJob", _SECOND, "Refit model (XGBoost)", spare=True),
    Call("CreateModel", _OWN, "Save Model"),
    Call("CreateModel", _CHAMPIONS, "Save champion Model", _ONLY_CHAMPION, optional=True),
    Call("CreateTransformJob", _OWN, "Batch transform"),
    Call(
        "CreateTransformJob", _CHAMPIONS, "Champion batch transform", _ONLY_CHAMPION, optional=True
    ),
    Call("DescribeTransformJob", _OWN, "Batch transform"),
    Call(
        "DescribeTransformJob",
        _CHAMPIONS,
        "Champion batch transform",
        _ONLY_CHAMPION,
        optional=True,
    ),
    Call("CreateModelPackage", "*{dataset}", "Register model"),
)
_IN_FUNCTIONS = {
    "DescribeModelPackageGroup",
    "CreateModelPackageGroup",
    "ListModelPackages",
    "DescribeModelPackage",
}
_POLLED = {"DescribeTrainingJob", "DescribeTransformJob"}
_STARTS_JOB = {"CreateTrainingJob", "CreateTransformJob"}


def cells() -> Iterator[Cell]:
    """Yield the cells of this axis."""
    for call in CALLS:
        for champion in call.champions:
            yield from _refusals(call, champion)
            if call.operation in _STARTS_JOB:
                yield from _jobs(call, champion)


def _lasting(call: Call, places: tuple[str, ...]) -> Expect:
    """Return what is right if a call goes wrong for good."""
    if call.spare:
        return Expect(TRAINED, warning="The model was not trained again")
    return Expect(UNDECIDED if call.optional else FAILED, places)


def _refusals(call: Call, champion: bool) -> Iterator[Cell]:
    lasting = _lasting(call, (call.operation,))
    passing = Expect(TRAINED)
    yield _cell(call, champion, "throttled once", passing, {"fault": "throttling"})
    yield _cell(
        call,
        champion,
        "throttled for a while",
        passing,
        {"fault": "throttling", "count": call.while_count},
    )
    yield _cell(call, champion, "server error once", passing, {"fault": "server_error"})
    yield _cell(call, champion, "answer lost", passing, {"fault": "lost_answer"})
    slow: Entry = {"fault": "slow_answer", "seconds": _SLOW_SECONDS}
    yield _cell(call, champion, "answer slow", passing, slow)
    for kind in ("access_denied", "validation"):
        fault = {"fault": kind, "count": _ENDLESS}
        # Whether or not Step Functions may ask for a job, its event ends the wait.
        right = passing if call.operation in _POLLED else lasting
        yield _cell(call, champion, f"{kind.replace('_', ' ')}", right, fault)
    if call.operation not in _POLLED:
        for kind in ("throttling", "server_error", "resource_limit"):
            fault = {"fault": kind, "count": _ENDLESS}
            yield _cell(call, champion, f"{kind.replace('_', ' ')} without end", lasting, fault)
    if call.operation in _STARTS_JOB:
        quota = {"fault": "quota_held", "count": 3}
        yield _cell(call, champion, "quota held for a while", passing, quota)
    if call.operation in _IN_FUNCTIONS:
        silence: Entry = {"fault": "slow_answer", "seconds": _HANG_SECONDS, "count": _ENDLESS}
        # What a call creates is there when it is made again.
        created = call.operation.startswith("Create")
        right = Expect(lasting.verdicts | TRAINED, lasting.places) if created else lasting
        cell = _cell(call, champion, "no answer", right, silence, _HANG_LIMIT)
        yield replace(cell, arrange=_impatient(cell.arrange))


def _jobs(call: Call, champion: bool) -> Iterator[Cell]:
    job = "training" if call.operation == "CreateTrainingJob" else "transform"
    places = (call.operation, f"{job} job")
    lasting = _lasting(call, places)
    # What there is a model without is not waited for.
    once = lasting if call.spare else Expect(TRAINED)
    broken = {"fault": "fail_job", "message": "AlgorithmError: out of memory, exit code: 137"}
    yield _cell(call, champion, "no capacity once", once, {"fault": "capacity"})
    endless = {"fault": "capacity", "count": _ENDLESS}
    yield _cell(call, champion, "no capacity without end", lasting, endless)
    yield _cell(call, champion, "job fails", lasting, {**broken, "count": _ENDLESS})
    slow = {"fault": "slow_job", "seconds": _SLOW_SECONDS}
    yield _cell(call, champion, "job slow", Expect(TRAINED), slow)
    if job == "training":
        yield _cell(call, champion, "job cut off", lasting, {"fault": "stopped_job"})
    yield _stopped(call, champion, lasting, job)


def _stopped(call: Call, champion: bool, right: Expect, job: str) -> Cell:
    """A person stops each of the jobs: a transform is started again otherwise."""
    fault = {"fault": "slow_job", "seconds": _SLOW_SECONDS, "count": _ENDLESS}
    stop = f"stop_{job}_job"
    key, kind = f"{job.title()}JobName", f"{job.title()}JobSummaries"

    def meanwhile(lane: Lane, drop: Any) -> None:
        client, wanted = lane.client("sagemaker"), call.name.format(dataset=drop.dataset)
        for _ in range(300):
            if lane.inbox.messages(drop.dataset, set()) and not champion:
                return
            listed = getattr(client, f"list_{job}_jobs")(
                NameContains=drop.run, StatusEquals="InProgress"
            )
            names = [each[key] for each in listed[kind]]
            for name in names:
                if fnmatchcase(name, wanted):
                    getattr(client, stop)(**{key: name})
            if lane.execution(drop.run).get("status") not in (None, "RUNNING"):
                return
            time.sleep(0.2)

    cell = _cell(call, champion, "job stopped", right, fault)
    return Cell(**{**cell.__dict__, "meanwhile": meanwhile})


def _cell(
    call: Call,
    champion: bool,
    fault: str,
    expect: Expect,
    entry: Entry,
    limit: float = 120.0,
) -> Cell:
    def arrange(lane: Lane, dataset: str) -> AbstractContextManager[None]:
        name = call.name.format(dataset=dataset)
        return _arranged(lane, {"operation": call.operation, "name": name, **entry})

    def met(lane: Lane, _dataset: str) -> bool:
        return bool(lane.sagemaker_met())

    return Cell(
        axis="sagemaker",
        what=call.what,
        fault=fault,
        expect=expect,
        champion=champion,
        arrange=arrange,
        met=met,
        limit=limit,
    )


def _impatient(arrange: Arrange) -> Arrange:
    """Let the function that asks take less time for an answer that does not come."""

    @contextmanager
    def both(lane: Lane, dataset: str) -> Iterator[None]:
        lane.configure("evaluate", {}, FAULT_SILENCE_SECONDS=_PATIENCE_SECONDS)
        try:
            with arrange(lane, dataset):
                yield
        finally:
            lane.configure("evaluate", {})

    return both


@contextmanager
def _arranged(lane: Lane, entry: dict[str, Any]) -> Iterator[None]:
    lane.arrange_sagemaker([entry])
    try:
        yield
    finally:
        lane.arrange_sagemaker([])

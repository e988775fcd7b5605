"""Stops a run: its execution, and with it the SageMaker jobs that it waits for.

Step Functions cancels the job of a `.sync` task when its execution is stopped, by best
effort (Step Functions developer guide, Run a Job (.sync)); so what became of the jobs is
looked up, not taken for granted.
"""

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.execution.executions import LOST, arn_of, execution_of, missing
from dropforge.client.execution.follow import Clock, message_of
from dropforge.client.stack import Stack
from pipeline import layout, run_names
from pipeline.documents import kinds

_WORDS = {
    "Training": "training",
    "Transform": "transform",
    "HyperParameterTuning": "hyper_parameter_tuning",
}
"""Kinds of jobs, as the calls of SageMaker's client name them."""
_ENDING = ("Stopping", "Stopped", "Completed", "Failed")
_WAIT_SECONDS = 15.0
_PAUSE_SECONDS = 0.5
ERROR, CAUSE = "Stopped", "stopped with dropforge stop"


@dataclass(frozen=True)
class Job:
    """A SageMaker job of a run that was under way.

    Parameters
    ----------
    kind : Training, Transform or HyperParameterTuning.
    status : as SageMaker calls it, after the execution was stopped.
    """

    kind: str
    name: str
    status: str

    @property
    def goes_on(self) -> bool:
        """Whether it still costs, and nothing has told it to end."""
        return self.status not in _ENDING

    @property
    def words(self) -> str:
        """The kind as AWS's command line writes it."""
        return _WORDS[self.kind].replace("_", "-")


@dataclass(frozen=True)
class Stopped:
    """What became of a run that was to be stopped.

    Parameters
    ----------
    stopped : False if it was over already.
    status : of its execution, or of the drop that never became one.
    """

    run: str
    stopped: bool
    status: str
    jobs: list[Job]

    def facts(self) -> dict[str, Any]:
        """Return it as ``--json`` prints it."""
        return asdict(self)


def stop(stack: Stack, run: str, clock: Clock | None = None) -> Stopped:
    """Stop a run, and wait a little to see what that did.

    Raises
    ------
    RunUnknownError
        There is no such run.
    """
    clock = clock or Clock(time.monotonic, time.sleep)
    request = stack.known(run, kinds.REQUEST)
    arn = arn_of(stack, run, request)
    status = _status(stack, arn)
    if status != "RUNNING":
        return Stopped(run, False, status or _without_execution(stack, run), [])
    sfn, jobs = stack.client("stepfunctions"), _under_way(stack, run)
    sfn.stop_execution(executionArn=arn, error=ERROR, cause=CAUSE)
    deadline = clock.now() + _WAIT_SECONDS

    def settled() -> bool:
        nonlocal jobs, status
        status = _status(stack, arn)
        jobs = [_looked_up(stack, job) for job in jobs]
        return status != "RUNNING" and not any(job.goes_on for job in jobs)

    _wait(settled, clock, deadline)
    # It may have ended by itself in the instant before.
    return Stopped(run, status in ("ABORTED", "RUNNING"), str(status), jobs)


def _wait(settled: Callable[[], bool], clock: Clock, deadline: float) -> None:
    while not settled() and clock.now() < deadline:
        clock.sleep(_PAUSE_SECONDS)


def _status(stack: Stack, arn: str) -> str | None:
    status = (execution_of(stack, arn) or {}).get("status")
    return None if status is None else str(status)


def _without_execution(stack: Stack, run: str) -> str:
    message = message_of(stack, run)
    if message is not None:
        return str(message["status"])
    if stack.has(f"{layout.prefix_of(run)}/"):
        return LOST
    raise missing(stack, run)


def _under_way(stack: Stack, run: str) -> list[Job]:
    """Return the jobs of a run that SageMaker works on, champions' among them."""
    sagemaker, found = stack.client("sagemaker"), []
    own = re.compile(run_names.job_pattern(run))
    for kind, word in _WORDS.items():
        look = getattr(sagemaker, f"list_{word}_jobs")
        # The names of tuning jobs are too short for a run's.
        part = run_names.search_stem(run) if kind == "HyperParameterTuning" else run
        try:
            listed = look(NameContains=part, StatusEquals="InProgress")[f"{kind}JobSummaries"]
        except ClientError as error:
            # Who may stop executions need not be allowed to list jobs.
            if error.response["Error"]["Code"] != "AccessDeniedException":
                raise
            continue
        found += [
            Job(kind, item[f"{kind}JobName"], item[f"{kind}JobStatus"])
            for item in listed
            if own.fullmatch(item[f"{kind}JobName"])
        ]
    return found


def _looked_up(stack: Stack, job: Job) -> Job:
    if not job.goes_on:
        return job
    describe = getattr(stack.client("sagemaker"), f"describe_{_WORDS[job.kind]}_job")
    answer = describe(**{f"{job.kind}JobName": job.name})
    return Job(job.kind, job.name, answer[f"{job.kind}JobStatus"])

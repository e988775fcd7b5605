"""``dropforge stop``."""

from rich.text import Text

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Env, Json, Run
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.wrapping import folded
from dropforge.client.execution.naming import run_named, stack_of
from dropforge.client.runs.stopping import Job, Stopped
from dropforge.client.runs.stopping import stop as stop_run
from dropforge.environment import LOCAL


def stop(run: Run, env: Env = LOCAL, as_json: Json = False) -> None:
    """Stop a run; the SageMaker job that it waits for is stopped with it.

    Its message comes as for any other end of a run. A run that is over stays as it is.
    """
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            name = run_named(stack, run)
            done = stop_run(stack_of(stack, name), name)
        output.result(
            done.facts(),
            lambda: [Text(part) for line in _said(done) for part in folded(line, output.width)],
        )


def _said(done: Stopped) -> list[str]:
    if not done.stopped:
        return [f"Nothing to stop: run {done.run} is over ({done.status})."]
    if done.status == "RUNNING":
        first = f"Told run {done.run} to stop; it has not ended yet."
    else:
        first = f"Stopped run {done.run}; its message says so."
    jobs = [_job(job) for job in done.jobs] or ["No SageMaker job of it was under way."]
    return [first, *jobs]


def _job(job: Job) -> str:
    what = f"{job.kind} job {job.name}"
    if job.goes_on:
        command = f"aws sagemaker stop-{job.words}-job --{job.words}-job-name"
        return f"{what} goes on, and costs: {command} {job.name}"
    ends = {"Stopping": "is being stopped with it", "Stopped": "was stopped with it"}
    return f"{what} {ends.get(job.status, f'had ended: {job.status}')}."

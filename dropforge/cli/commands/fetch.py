"""``dropforge fetch``."""

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.follow_and_fetch import conclude, fetched, no_result
from dropforge.cli.options import OUT_ROOT, Env, Json, Out, Run
from dropforge.cli.screen.output import Output
from dropforge.client.execution.executions import finished
from dropforge.client.execution.naming import run_named, stack_of
from dropforge.client.runs.results import check_out
from dropforge.environment import LOCAL


def fetch(run: Run, env: Env = LOCAL, out: Out = None, as_json: Json = False) -> None:
    """Fetch report, metrics, model and predictions of a run that is over.

    For a file that was dropped by copying it into the bucket, or a run that
    no command waited for. Prints and exits as `run` does.
    """
    output = Output(as_json)
    with reported(output, no_result):
        check_out(out or OUT_ROOT)
        with connected(env, output) as stack:
            name = run_named(stack, run)
            own = stack_of(stack, name)
            result = fetched(own, finished(own, name), out)
        conclude(result, output)

"""``dropforge demo``."""

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.follow_and_fetch import conclude, follow_and_fetch, no_result
from dropforge.cli.options import OUT_ROOT, TIMEOUT_SECONDS, Env, Json, Out, Timeout
from dropforge.cli.screen.output import Output
from dropforge.client.runs.results import check_out
from dropforge.environment import LOCAL


def demo(
    env: Env = LOCAL, out: Out = None, timeout: Timeout = TIMEOUT_SECONDS, as_json: Json = False
) -> None:
    """Drop a sample dataset and watch the whole pipeline work.

    Needs no AWS account: a local cloud is started if none is up, and stopped again.
    """
    output = Output(as_json)
    with reported(output, no_result):
        check_out(out or OUT_ROOT)
        with connected(env, output) as stack:
            from dropforge.client.inbox.sample import drop_sample

            dropped = drop_sample(stack)
            output.note(f"Dropped s3://{stack.bucket}/{dropped.key}")
            result = follow_and_fetch(stack, dropped.run, out, timeout, output, dropped.key)
        conclude(result, output)

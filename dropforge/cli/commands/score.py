"""``dropforge score``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dropforge.cli.commands.run import sent
from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import REFUSED, Fault, reported
from dropforge.cli.follow_and_fetch import conclude, follow_and_fetch
from dropforge.cli.options import OUT_ROOT, TIMEOUT_SECONDS, Env, Json, Timeout
from dropforge.cli.screen.output import Output
from dropforge.client.inbox.drop import drop, score_key_of
from dropforge.client.runs.results import check_out
from dropforge.client.runs.scores import told_of
from dropforge.environment import LOCAL

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file of rows to predict.")]
Dataset = Annotated[
    str,
    typer.Option("--dataset", metavar="NAME", help="Dataset whose approved model predicts."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        show_default=False,
        help="Where to fetch the predictions to; dropforge-out/RUN/predictions.csv if not given.",
    ),
]


def score(
    file: File,
    dataset: Dataset,
    env: Env = LOCAL,
    out: Out = None,
    timeout: Timeout = TIMEOUT_SECONDS,
    as_json: Json = False,
) -> None:
    """Predict the rows of a CSV file with a dataset's approved model.

    The file comes back as it was, with a prediction in each row, its probability
    and the reasons for it. The target's column may be left out.
    """
    output = Output(as_json)
    with reported(output, _no_result):
        check_out(out.parent if out else OUT_ROOT)
        key = score_key_of(file, dataset)
        with connected(env, output) as stack:
            own = stack.scoring()
            output.note(f"Dropping {file} into s3://{stack.bucket}/{key}")
            with sent(file.stat().st_size, output) as report:
                dropped = drop(own, file, key, report)
            result = follow_and_fetch(own, dropped.run, out, timeout, output, dropped.key)
        conclude(result, output)


def _no_result(fault: Fault) -> dict[str, Any]:
    """Return the result of a file that was not scored, or is no longer waited for."""
    return {
        "run": fault.run,
        "dataset": None,
        "status": "FAILED",
        "verdict": "rejected_input" if fault.code == REFUSED else "failed",
        **told_of({}),
        "seconds": {},
        "files": {},
        "message": fault.message,
    }

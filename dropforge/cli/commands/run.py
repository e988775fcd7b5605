"""``dropforge run``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.follow_and_fetch import conclude, follow_and_fetch, no_result
from dropforge.cli.options import OUT_ROOT, TIMEOUT_SECONDS, Env, Json, Out, Timeout
from dropforge.cli.screen.output import Output
from dropforge.client.inbox.drop import Dropped, drop, key_of, settings_of, stage_settings
from dropforge.client.inbox.header import check_target
from dropforge.client.runs.results import check_out
from dropforge.client.stack import Stack
from dropforge.environment import LOCAL
from pipeline import drop_keys

_BAR_FROM = 64 * 10**6
"""Bytes from which an upload takes long enough to show a bar."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a header.")]
Target = Annotated[
    str | None,
    typer.Option(
        "--target", metavar="COLUMN", help="Column to predict; kept for later drops if it fits."
    ),
]
Dataset = Annotated[
    str | None,
    typer.Option("--dataset", metavar="NAME", help="Dataset that the file belongs to."),
]
Settings = Annotated[
    Path | None,
    typer.Option(
        "--settings", metavar="FILE", help="A pipeline.json; kept for later drops if it fits."
    ),
]


def run(
    file: File,
    target: Target = None,
    dataset: Dataset = None,
    settings: Settings = None,
    env: Env = LOCAL,
    out: Out = None,
    timeout: Timeout = TIMEOUT_SECONDS,
    as_json: Json = False,
) -> None:
    """Drop a CSV file, follow its run, and fetch report, metrics, model and predictions.

    Without --dataset the file's name says to which dataset it belongs.
    --target and --settings are kept as the dataset's pipeline.json, for later
    drops too, once the run has accepted them; `dropforge settings` shows them.
    """
    output = Output(as_json)
    with reported(output, no_result):
        check_out(out or OUT_ROOT)
        key = key_of(file, dataset)
        if target is not None:
            check_target(file, target)
        with connected(env, output) as stack:
            dropped = _drop(stack, file, key, settings, target, output)
            result = follow_and_fetch(stack, dropped.run, out, timeout, output, dropped.key)
        conclude(result, output)


def _drop(
    stack: Stack,
    file: Path,
    key: str,
    settings_file: Path | None,
    target: str | None,
    output: Output,
) -> Dropped:
    chosen = drop_keys.drop_of(key).dataset
    settings, ticket = settings_of(stack, chosen, settings_file, target), None
    if settings is not None:
        if target is None and settings.get("target") is not None:
            check_target(file, settings["target"])
        ticket = stage_settings(stack, key, settings)
    output.note(f"Dropping {file} into s3://{stack.bucket}/{key}")
    with sent(file.stat().st_size, output) as report:
        return drop(stack, file, key, report, ticket)


@contextmanager
def sent(size: int, output: Output) -> Iterator[Callable[[int], None]]:
    """Show how far an upload is, if it takes long; yields what is to be told of its bytes."""
    if size < _BAR_FROM or not output.err.is_terminal:
        yield lambda _: None
        return
    from rich.progress import Progress

    with Progress(console=output.err, transient=True) as bar:
        task = bar.add_task(f"Uploading {decimal(size)}", total=size)
        yield lambda count: bar.advance(task, count)

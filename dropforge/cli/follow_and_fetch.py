"""Follows a drop to its end, fetches what it made and prints the result."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import typer

from dropforge.cli.exit_codes import FAILED, REFUSED, Fault
from dropforge.cli.options import OUT_ROOT
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.panel import files_text, result_panel
from dropforge.cli.screen.progress import progress
from dropforge.client.execution.follow import Followed, follow
from dropforge.client.execution.history import Timeline
from dropforge.client.runs.early import EarlyTable
from dropforge.client.runs.results import fetch, result_of
from dropforge.client.runs.scores import fetch_scored, is_scored, scored_result
from dropforge.client.stack import Stack
from dropforge.errors import FollowInterrupt, OutUnusableError
from pipeline.documents.state import Output as Trained


def follow_and_fetch(
    stack: Stack,
    run: str,
    out: Path | None,
    timeout: float,
    output: Output,
    key: str | None = None,
) -> dict[str, Any]:
    """Wait for a run's end and fetch its files.

    Parameters
    ----------
    key : of the object that was dropped, to say what becomes of it until the run begins.

    Returns
    -------
    The result, as ``--json`` prints it.
    """
    over = False
    try:
        with closing(EarlyTable(stack, run)) as early:
            with progress(output.err) as show:

                def look(timeline: Timeline) -> None:
                    show(timeline)
                    early.look(timeline)

                followed = follow(stack, run, look, limit=timeout, key=key)
            over = True
            return fetched(stack, followed, out, early)
    except KeyboardInterrupt:
        raise FollowInterrupt(run, stack.environment.name, is_over=over) from None


def fetched(
    stack: Stack, followed: Followed, out: Path | None, early: EarlyTable | None = None
) -> dict[str, Any]:
    """Fetch the files of a run that is over.

    Parameters
    ----------
    early : the table of predictions, if it was begun before.

    Returns
    -------
    The result, as ``--json`` prints it.

    Raises
    ------
    OutUnusableError
        They cannot be written.
    """
    run, result = followed.message["run"], followed.message["result"]
    place = out or OUT_ROOT / run
    try:
        if stack.scores:
            scored = fetch_scored(stack, followed, place) if is_scored(followed) else {}
            return scored_result(followed, scored)
        uris = cast(Trained, result)["files"] if result else None
        files = fetch(stack, run, uris, place, early) if uris else {}
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise OutUnusableError(
            f"{where}{error.strerror or error}; the run is over: "
            f"`dropforge fetch {stack.argument(run)} --out DIR` fetches its files elsewhere",
            run,
        ) from error
    return result_of(followed, files)


def conclude(result: dict[str, Any], output: Output) -> None:
    """Print a result and exit with its code: 2 for refused input, 3 for a failed run."""
    files = [files_text(result)] if result["files"] else []
    output.result(result, lambda: [result_panel(result, _sentence(result)), *files])
    raise typer.Exit(exit_code(result))


def _sentence(result: dict[str, Any]) -> str | None:
    """Return the verdict's sentence in the words of the report."""
    file = result["files"].get("evaluation")
    document = json.loads(Path(file).read_text(encoding="utf-8")) if file else {}
    sentence: str | None = document.get("verdict", {}).get("sentence")
    return sentence


def exit_code(result: dict[str, Any]) -> int:
    """Return the exit code of a result."""
    if result["verdict"] == "rejected_input":
        return REFUSED
    return 0 if result["status"] == "SUCCEEDED" or result["verdict"] == "skipped" else FAILED


def no_result(fault: Fault) -> dict[str, Any]:
    """Return the result of a drop that never became a run, or is no longer waited for."""
    return {
        "run": fault.run,
        "dataset": None,
        "status": "FAILED",
        "verdict": "rejected_input" if fault.code == REFUSED else "failed",
        "task": None,
        "target": None,
        "metric": None,
        "champion": None,
        "metrics": {},
        "rows": {},
        "split": None,
        "search": None,
        "refit": None,
        "warnings": [],
        "seconds": {},
        "files": {},
        "message": fault.message,
    }

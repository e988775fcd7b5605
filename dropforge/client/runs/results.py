"""The result of a run: what its message says, and its files fetched to this machine."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dropforge.client.disk import naming
from dropforge.client.execution.follow import Followed
from dropforge.client.registry.decided import decision_key
from dropforge.client.runs.downloads import download
from dropforge.client.runs.early import EarlyTable
from dropforge.client.runs.joined import sources_of, write_joined
from dropforge.client.stack import Stack
from dropforge.errors import OutUnusableError
from pipeline import layout
from pipeline.documents.state import MessageFiles

Result = dict[str, Any]

PREDICTIONS = "predictions.csv"
_ELSEWHERE = "name another directory with --out"


def result_of(followed: Followed, files: dict[str, Path]) -> Result:
    """Return a run's result as ``--json`` prints it; unknown parts are null or empty."""
    message = followed.message
    output: Mapping[str, Any] = message["result"] or {}
    return {
        "run": message["run"],
        "dataset": message["dataset"],
        "status": message["status"],
        "verdict": message["verdict"],
        "task": output.get("task"),
        "target": output.get("target"),
        "metric": output.get("metric"),
        "champion": output.get("champion"),
        "metrics": output.get("metrics") or {},
        "rows": output.get("rows") or {},
        "split": output.get("split"),
        "search": output.get("search"),
        "refit": output.get("refit"),
        "warnings": output.get("warnings") or [],
        "seconds": followed.timeline.seconds(),
        "files": {name: str(path) for name, path in files.items()},
        "message": message["text"],
    }


def fetch(
    stack: Stack, run: str, uris: MessageFiles, out: Path, early: EarlyTable | None = None
) -> dict[str, Path]:
    """Fetch report, evaluation, model with encoder and decision, and a table of the predictions.

    Parameters
    ----------
    uris : the result's ``files``: s3:// addresses by name.
    out : directory, made if absent.
    early : the table, if it was begun before the end of the run.

    Returns
    -------
    Absolute paths by the same names; only of what the run has.
    """
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    s3 = stack.client("s3")
    chosen = decision_key(stack, run) if uris["model"] else None
    wanted = [
        (name, uri, out / file)
        for name, uri, file in (
            ("report", uris["report"], layout.REPORT),
            ("evaluation", uris["evaluation"], layout.EVALUATION),
            ("model", uris["model"], layout.MODEL),
            # Without it the model is numbers in, numbers out: the columns are in the encoder.
            ("encoder", uris["model"] and _own(stack, run, layout.ENCODER), layout.ENCODER),
            ("decision", chosen and f"s3://{stack.bucket}/{chosen}", layout.DECISION),
        )
        if uri
    ]
    addresses = [(uri.removeprefix("s3://").partition("/"), file) for _, uri, file in wanted]
    download(s3, [(bucket, key, file) for (bucket, _, key), file in addresses])
    fetched = {name: file for name, _, file in wanted}
    if uris["predictions"]:
        sources, table = sources_of(stack, run, chosen), out / PREDICTIONS
        with naming(table):
            if early is None or not early.write(sources, table):
                with table.open("wb") as out_file:
                    write_joined(stack, sources, out_file)
        fetched["predictions"] = table
    return fetched


def _own(stack: Stack, run: str, file: str) -> str:
    return f"s3://{stack.bucket}/{layout.run_key(run, file)}"


def check_out(out: Path) -> None:
    """Refuse a directory that a run's files could not be written to, before the run.

    Raises
    ------
    OutUnusableError
        It, or what it would be made in, is a file or may not be written to.
    """
    place = out.resolve()
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise OutUnusableError(f"{place} is a file, so nothing can be written there; {_ELSEWHERE}")
    if not _may_write(place):
        raise OutUnusableError(f"{place} may not be written to; {_ELSEWHERE}")


def _may_write(directory: Path) -> bool:
    return os.access(directory, os.W_OK | os.X_OK)

"""The result of a run: what its message says, and its files fetched to this machine."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from botocore.exceptions import ClientError

from dropforge.client.execution.follow import Followed
from dropforge.client.registry.decided import decision_key
from dropforge.client.runs.predictions import Target, write_table
from dropforge.client.stack import Stack
from dropforge.errors import OutUnusableError, RunUnknownError
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.scoring import decision
from pipeline.documents.state import MessageFiles
from scoring.decision import Decision

Result = dict[str, Any]

_DOWNLOADS = 8
"""Objects fetched at once."""
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


def fetch(stack: Stack, run: str, uris: MessageFiles, out: Path) -> dict[str, Path]:
    """Fetch report, evaluation, model with encoder and decision, and a table of the predictions.

    Parameters
    ----------
    uris : the result's ``files``: s3:// addresses by name.
    out : directory, made if absent.

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
    places = [(*uri.removeprefix("s3://").split("/", 1), file) for _, uri, file in wanted]
    _download(s3, places)
    fetched = {name: file for name, _, file in wanted}
    if uris["predictions"]:
        decided = stack.read_json(chosen, kinds.DECISION) if chosen else None
        _write_predictions(stack, layout.prefix_of(run), out / PREDICTIONS, decided)
        fetched["predictions"] = out / PREDICTIONS
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


def _write_predictions(
    stack: Stack, prefix: str, file: Path, decided: decision.Decision | None
) -> None:
    encoder_key, truth = layout.join(prefix, layout.ENCODER), f"{prefix}/data/truth/"
    encoder, truths = stack.read_json(encoder_key, kinds.ENCODER), _keys(stack, truth)
    if encoder is None or not truths:
        raise _deleted(stack.bucket, encoder_key if encoder is None else truth)
    names = [key.rsplit("/", 1)[-1] for key in truths]
    predictions = [layout.join(prefix, "predictions", f"{name}.out") for name in names]
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        local = {key: folder / f"{index}" for index, key in enumerate(truths + predictions)}
        _download(stack.client("s3"), [(stack.bucket, *item) for item in local.items()])
        parts = _opened(
            [
                (name, local[t], local[p])
                for name, t, p in zip(names, truths, predictions, strict=True)
            ]
        )
        out = cleanup.enter_context(file.open("w", encoding="utf-8", newline=""))
        write_table(Target.of_encoder(encoder, Decision.of_document(decided)), parts, out)


def _opened(parts: list[tuple[str, Path, Path]]) -> Iterator[tuple[str, TextIO, TextIO]]:
    for name, truth, predictions in parts:
        with (
            truth.open(encoding="utf-8", newline="") as rows,
            predictions.open(encoding="utf-8") as lines,
        ):
            yield name, rows, lines


def _download(s3: Any, places: Sequence[tuple[Any, ...]]) -> None:
    """Fetch several objects at once.

    Parameters
    ----------
    places : of each its bucket and key, and the file to write.
    """
    from boto3.s3.transfer import TransferConfig

    # Threads of each download's own would cost more than these files' bytes.
    plain = TransferConfig(use_threads=False)

    def one(place: tuple[str, str, Path]) -> None:
        bucket, key, file = place
        try:
            s3.download_file(bucket, key, str(file), Config=plain)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            raise _deleted(bucket, key) from error

    with ThreadPoolExecutor(_DOWNLOADS) as pool:
        # A list, so that what is raised there is raised here.
        list(pool.map(one, places))


def _deleted(bucket: str, key: str) -> RunUnknownError:
    return RunUnknownError(
        f"s3://{bucket}/{key} is not there any more; it was deleted, so drop the file again "
        f"to train it anew"
    )


def _keys(stack: Stack, prefix: str) -> list[str]:
    pages = stack.client("s3").get_paginator("list_objects_v2")
    found = [
        item["Key"]
        for page in pages.paginate(Bucket=stack.bucket, Prefix=prefix)
        for item in page.get("Contents", [])
    ]
    return sorted(found)

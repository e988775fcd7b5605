"""The result of a run that scored a file: what its message says, and the file of predictions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.disk import naming
from dropforge.client.execution.follow import Followed
from dropforge.client.stack import Stack
from dropforge.errors import RunUnknownError

Result = dict[str, Any]
SCORED = "scored"


def is_scored(followed: Followed) -> bool:
    """Say whether a run is over that predicted a file."""
    return followed.message["verdict"] == SCORED


def scored_result(followed: Followed, files: Mapping[str, Path]) -> Result:
    """Return the result as ``--json`` prints it; unknown parts are null or empty."""
    message = followed.message
    output: Mapping[str, Any] = message["result"] or {}
    return {
        "run": message["run"],
        "dataset": message["dataset"],
        "status": message["status"],
        "verdict": message["verdict"],
        **told_of(output),
        "seconds": followed.timeline.seconds(),
        "files": {name: str(path) for name, path in files.items()},
        "message": message["text"],
    }


def told_of(output: Mapping[str, Any]) -> Result:
    """Return what an execution's output tells of a scored file; it is empty if that failed."""
    return {
        "model_package": output.get("model_package_arn"),
        "task": output.get("task"),
        "target": output.get("target"),
        "rows": output.get("rows"),
        "marked": output.get("marked"),
        "metric": output.get("metric"),
        "metrics": output.get("metrics") or {},
        "missing": output.get("missing") or [],
        "unseen": output.get("unseen") or {},
        "warnings": output.get("warnings") or [],
    }


def fetch_scored(stack: Stack, followed: Followed, out: Path) -> dict[str, Path]:
    """Fetch the file of predictions.

    Parameters
    ----------
    out : a file, or a directory that is there or has no suffix, which gets it by its own name.

    Raises
    ------
    RunUnknownError
        It is not there any more, or is too large to be one file.
    """
    result: Mapping[str, Any] = followed.message["result"] or {}
    uris = result.get("files") or {}
    uri = uris.get("predictions")
    if uri is None:
        raise RunUnknownError(
            f"run {followed.message['run']} has more parts than one file may have; copy them "
            f"from {uris.get('parts')}"
        )
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    place = out.resolve()
    if place.is_dir() or not place.suffix:
        place = place / key.rpartition("/")[2]
    place.parent.mkdir(parents=True, exist_ok=True)
    s3 = stack.client("s3")
    try:
        with naming(place):
            s3.download_file(bucket, key, str(place))
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        raise RunUnknownError(f"{uri} is not there any more; score the file again") from error
    return {"predictions": place}

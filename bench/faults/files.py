"""Each file that one state writes and another reads, and each way to corrupt it."""

import io
import json
import random
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.faults.cell import FAILED, TRAINED, UNDECIDED, Cell, Expect
from bench.faults.data import classification
from bench.faults.drop import Drop
from bench.faults.lane import Lane

_PAUSE_SECONDS = 60.0
_FIRST, _SECOND = "files0000", "files0001"
# Where a run can be held up: the function, its step, and before or after it.
MOMENTS = (
    ("prepare", "plan", "pause_after"),
    ("prepare", "profile", "pause_after"),
    ("evaluate", "champion", "pause_after"),
    ("prepare", "fit", "pause_after"),
    ("prepare", "encode", "pause_after"),
    ("evaluate", "evaluate", "pause_before"),
)
# The model is first read by the transform job; no function runs in between.
_TRANSFORM = len(MOMENTS)
_SLOW_SECONDS = 3.0
_RECORDS = ("explanation.json", "checkpoints/", "data/seen/", "data/refit/")


@dataclass(frozen=True)
class File:
    """A file of a run.

    Parameters
    ----------
    name : below the run's prefix; {run} stands for the run.
    moment : index into MOMENTS, when it is written; -1 for a file of the run before.
    """

    name: str
    moment: int


def discover(lane: Lane) -> list[File]:
    """Run twice, and note which files are there at each moment; then those of the first run."""
    first = lane.drop(_FIRST, "first", classification(1))
    lane.await_end(first, set(), 120.0, 0.0)
    found = _names(lane, first.run)
    faults = [_pause(number, _FIRST) for number in range(len(MOMENTS))]
    lane.arrange_functions(faults)
    second = lane.drop(_FIRST, "second", classification(2))
    written: dict[str, int] = {}
    for number in range(len(MOMENTS)):
        _await(lane, number)
        for name in _names(lane, second.run):
            written.setdefault(name, number)
        _release(lane, number)
    lane.await_end(second, {first.run}, 120.0, 0.0)
    lane.arrange_functions([])
    earlier = [File(name, -1) for name in found if _is_read_later(name)]
    models = [File(name, _TRANSFORM) for name in written if name.startswith("model/")]
    return [*(File(name, moment) for name, moment in written.items()), *models, *earlier]


def cells(found: list[File]) -> Iterator[Cell]:
    """Yield the cells of this axis."""
    for file in found:
        for fault, change in CORRUPTIONS.items():
            yield _cell(file, fault, change, _needs_champion(file))


def _cell(file: File, fault: str, change: Callable[[str, bytes], Any], champion: bool) -> Cell:
    changed: list[str] = []

    def corrupt(lane: Lane, run: str) -> None:
        key = f"runs/{run}/{file.name.format(run=run)}"
        body = lane.client("s3").get_object(Bucket=lane.bucket, Key=key)["Body"].read()
        replaced = change(key, body)
        if replaced is None:
            lane.client("s3").delete_object(Bucket=lane.bucket, Key=key)
        else:
            lane.client("s3").put_object(Bucket=lane.bucket, Key=key, Body=replaced)
        changed.append(run)

    @contextmanager
    def arrange(lane: Lane, dataset: str) -> Iterator[None]:
        if file.moment < 0:
            arn = lane.champions(dataset)[0][0]
            package = lane.client("sagemaker").describe_model_package(ModelPackageName=arn)
            corrupt(lane, package["CustomerMetadataProperties"]["run"])
        elif file.moment == _TRANSFORM:
            slow = {"operation": "CreateTransformJob", "name": f"{dataset}-*", "fault": "slow_job"}
            lane.arrange_sagemaker([{**slow, "seconds": _SLOW_SECONDS}])
        else:
            lane.arrange_functions([_pause(file.moment, dataset)])
        try:
            yield
        finally:
            lane.arrange_functions([])
            lane.arrange_sagemaker([])

    def meanwhile(lane: Lane, drop: Drop) -> None:
        if file.moment == _TRANSFORM:
            _await_transform(lane, drop.run)
            corrupt(lane, drop.run)
        elif file.moment >= 0:
            _await(lane, file.moment)
            corrupt(lane, drop.run)
            _release(lane, file.moment)

    shown = file.name if file.moment >= 0 else f"champion's {file.name}"
    shown += " before the transform" if file.moment == _TRANSFORM else ""
    return Cell(
        axis="file",
        what=shown,
        fault=fault,
        expect=_expected(file, fault),
        champion=champion,
        arrange=arrange,
        meanwhile=meanwhile,
        met=lambda _lane, _dataset: bool(changed),
    )


def _expected(file: File, fault: str) -> Expect:
    folder, _, name = file.name.format(run="").rpartition("/")
    places = (name, f"{folder}/") if folder else (name,)
    if file.moment < 0 and file.name == "evaluation.json":
        return Expect(TRAINED)
    if file.moment >= 0 and file.name == "decision.json":
        return Expect(TRAINED, warning="Probabilities are as the model gives them")
    if file.moment >= 0 and file.name.startswith(_RECORDS):
        # Checkpoints and what was trained on are there for runs that follow; without contributions
        # the report says so.
        return Expect(TRAINED)
    if "data/seen/" in file.name or "data/tested/" in file.name:
        # What the model in use was trained on is not known then (ADR 34); that favours it.
        return Expect(TRAINED, warning="Whether the model in use was trained on some of these")
    if file.moment < 0 and file.name == "encoder.json" and fault == "deleted":
        # A model in use that cannot be used (ADR 34): a person decides (ADR 42).
        return Expect(UNDECIDED, warning="its encoder is no longer in the bucket")
    if file.moment < 0 or "champion" in file.name:
        # The new model may be judged alone, by a person; an unread comparison is no success.
        return Expect(UNDECIDED | FAILED, places)
    return Expect(FAILED, places)


def _needs_champion(file: File) -> bool:
    """Tell whether a file is read, or there, only if a model is in use."""
    return file.moment < 0 or "champion" in file.name or "tested" in file.name


def _is_read_later(name: str) -> bool:
    """Tell whether a run that follows may read a file of this one: records are for people."""
    parts = (
        "encoder.json",
        "decision.json",
        "evaluation.json",
        "data/seen/",
        "data/tested/",
        "model/",
    )
    return name.startswith(parts)


def _names(lane: Lane, run: str) -> list[str]:
    keys = [key.removeprefix(f"runs/{run}/") for key in lane.keys(f"runs/{run}/")]
    return [key.replace(run, "{run}") for key in keys if not key.endswith("message.json")]


def _pause(number: int, marker: str) -> dict[str, Any]:
    function, step, kind = MOMENTS[number]
    entry = {"id": number, "function": function, "step": step, "fault": kind, "count": 1}
    return {**entry, "marker": marker}


def _await(lane: Lane, number: int) -> None:
    mark, end = lane.faults / f"paused-{number}", time.monotonic() + _PAUSE_SECONDS
    while not mark.exists():
        if time.monotonic() > end:
            raise TimeoutError(f"the run did not come to {MOMENTS[number]}")
        time.sleep(0.02)


def _await_transform(lane: Lane, run: str) -> None:
    end = time.monotonic() + _PAUSE_SECONDS
    client = lane.client("sagemaker")
    while not client.list_transform_jobs(NameContains=run)["TransformJobSummaries"]:
        if time.monotonic() > end:
            raise TimeoutError(f"no transform job of {run}")
        time.sleep(0.05)


def _release(lane: Lane, number: int) -> None:
    (lane.faults / f"go-{number}").touch()


def _wrong_shape(key: str, body: bytes) -> bytes:
    """Replace a file by a sound one of its kind that says something else."""
    if key.endswith(".json"):
        # Both are documents that no reader of the application knows.
        return json.dumps(["rubbish"] if body.lstrip()[:1] == b"{" else {"rubbish": 1}).encode()
    if key.endswith(".tar.gz"):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            archive.addfile(tarfile.TarInfo("another"))
        return packed.getvalue()
    if key.endswith(".u64"):
        return body + b"\0\0\0"
    return b"\n".join(b"1,2,3" for _ in body.splitlines()) + b"\n"


CORRUPTIONS: dict[str, Callable[[str, bytes], bytes | None]] = {
    "cut in half": lambda _key, body: body[: len(body) // 2],
    "empty": lambda _key, _body: b"",
    "deleted": lambda _key, _body: None,
    "random bytes": lambda _key, _body: random.Random(7).randbytes(4096),
    "of another shape": _wrong_shape,
}

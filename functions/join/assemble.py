"""Step assemble: the parts of a result become one file, without passing through here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from join.chunk import PARTS, note_of, part_of
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import CHUNKS, RunFiles, in_parallel
from pipeline.documents.scoring.check import Checked
from pipeline.documents.scoring.chunk import ScoreNote
from pipeline.documents.scoring.plan import ScoringPlan
from pipeline.documents.scoring.result import Measured, ScoringOutput
from pipeline.planned import read_plan
from pipeline.storage.bucket import Bucket
from pipeline.storage.damage import damaged
from pipeline.wording import counted, quoted

KEPT_PARTS_BYTES = 1 << 30
"""Size of a result from which its parts are kept beside it."""
_LEAST_PART = 5 << 20
_MOST_PARTS = 10_000
"""Of a multipart upload (Amazon S3 user guide, Multipart upload limits)."""
_MOST_COPIED = 5 << 30
_DELETED_AT_ONCE = 1_000
_UNSEEN_SHOWN = 3


@dataclass(frozen=True)
class _Part:
    key: str
    size: int


def assemble(
    client: Any, bucket_name: str, event: dict[str, Any], measured: Measured | None
) -> ScoringOutput:
    """Write the result as one file and say what is in it.

    Parameters
    ----------
    event : the step's: run, dataset, prefix.
    measured : how good the predictions are, if the file holds the truth.
    """
    files = RunFiles(Bucket(client, bucket_name), event["prefix"])
    scoring, checked = files.read_document(kinds.SCORING), files.read_document(kinds.CHECK)
    indexes = [chunk["index"] for chunk in files.read_document(kinds.TO_SCORE)]
    folder = layout.result_prefix(event["dataset"], event["run"])
    own = RunFiles(files.bucket, layout.join(folder, PARTS))
    names = [part_of(index, scoring)[0] for index in indexes]
    sizes = own.sizes()
    if missing := [name for name in names if name not in sizes]:
        # An invocation that died behind its last write is made again.
        return _assembled_before(files) or _lost(own, missing[0])
    parts = [_Part(own.key(name), sizes[name]) for name in names]
    suffix = ".csv.gz" if scoring["packed"] else ".csv"
    key = layout.join(folder, f"predictions{suffix}")
    kind = "application/gzip" if scoring["packed"] else "text/csv"
    is_one = _put_together(files.bucket, parts, key, kind)
    keeps = not is_one or sum(part.size for part in parts) > KEPT_PARTS_BYTES
    notes = list(in_parallel(lambda index: note_of(files, index), indexes))
    output = _output(files, event, scoring, checked, notes, measured)
    if checked["reasons"] and (without := _unexplained(files, indexes)):
        output["warnings"].append(
            f"Without reasons: {counted(without, 'row')}; there was no time for all, or the "
            f"model's objective has none."
        )
    output["files"] = {
        "predictions": files.bucket.uri(key) if is_one else None,
        "parts": files.bucket.uri(f"{folder}/{PARTS}/") if keeps else None,
    }
    files.write_document(kinds.RESULT, output)
    if not keeps:
        _delete(files.bucket, [part.key for part in parts])
    return output


def _unexplained(files: RunFiles, indexes: list[int]) -> int:
    def read(index: int) -> int:
        name = layout.note_name(layout.JOIN_NOTE, index)
        return files.read_json(CHUNKS, name, kind=kinds.JOIN_NOTE)["unexplained"]

    return sum(in_parallel(read, indexes))


def _assembled_before(files: RunFiles) -> ScoringOutput | None:
    body = files.read_if_there(layout.RESULT, kind=kinds.RESULT)
    return reading.checked(kinds.RESULT, body, files.uri(layout.RESULT)) if body else None


def _lost(own: RunFiles, name: str) -> NoReturn:
    raise damaged(own.uri(name), "Join chunks", "is not there any more")


def _put_together(bucket: Bucket, parts: list[_Part], key: str, kind: str) -> bool:
    """Make one object of the parts; False if they are too many for one."""
    client = bucket.client
    if len(parts) == 1 and parts[0].size <= _MOST_COPIED:
        source = {"Bucket": bucket.name, "Key": parts[0].key}
        client.copy_object(Bucket=bucket.name, Key=key, CopySource=source)
        return True
    if sum(part.size for part in parts) < _LEAST_PART:
        bucket.put(key, b"".join(_bytes(bucket, part) for part in parts), kind)
        return True
    pieces = list(_pieces(parts))
    if len(pieces) > _MOST_PARTS:
        return False
    upload = bucket.begin(key, kind)
    done: list[dict[str, object]] = []
    for number, piece in enumerate(pieces, 1):
        if len(piece) == 1 and piece[0].size >= _LEAST_PART:
            done.append(bucket.copy_part(key, upload, number, piece[0].key))
        else:
            body = b"".join(_bytes(bucket, part) for part in piece)
            done.append(bucket.put_part(key, upload, number, body))
    bucket.finish(key, upload, done)
    return True


def _pieces(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Group parts that follow one another so that each group but the last is large enough."""
    waiting: list[_Part] = []
    for part in parts:
        waiting.append(part)
        if sum(one.size for one in waiting) >= _LEAST_PART:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _bytes(bucket: Bucket, part: _Part) -> bytes:
    return bucket.get(part.key, part.size, writer="Join chunks")


def _delete(bucket: Bucket, keys: list[str]) -> None:
    for at in range(0, len(keys), _DELETED_AT_ONCE):
        some = [{"Key": key} for key in keys[at : at + _DELETED_AT_ONCE]]
        bucket.client.delete_objects(Bucket=bucket.name, Delete={"Objects": some, "Quiet": True})


def _output(
    files: RunFiles,
    event: dict[str, Any],
    scoring: ScoringPlan,
    checked: Checked,
    notes: list[ScoreNote],
    measured: Measured | None,
) -> ScoringOutput:
    rows = sum(note["rows"] for note in notes)
    if rows != checked["rows"]:
        raise damaged(
            files.uri("chunks", f"{layout.SCORE_NOTE}*.json"),
            "Encode chunks",
            f"count {rows:,} rows, and the check {checked['rows']:,}",
        )
    strays = sum(len(note.get("strays", {})) for note in notes)
    unread = checked["records"] - checked["rows"]
    unseen: dict[str, int] = {}
    for note in notes:
        for column, count in note["unseen"].items():
            unseen[column] = unseen.get(column, 0) + count
    champion = scoring["champion"]
    target = files.read_document(kinds.ENCODER)["target"]
    return {
        "run": event["run"],
        "dataset": event["dataset"],
        "verdict": "scored",
        "sentence": _sentence(read_plan(files), champion.get("run"), rows, unread + strays),
        "task": target["task"],
        "target": target["name"],
        "rows": rows,
        "marked": unread + strays,
        "engine": checked["engine"],
        "model_package_arn": champion["model_package_arn"],
        "metric": measured["metric"] if measured else None,
        "metrics": measured["metrics"] if measured else {},
        "measured_rows": measured["rows"] if measured else 0,
        "missing": checked["missing"],
        "unseen": dict(sorted(unseen.items(), key=lambda item: -item[1])[:_UNSEEN_SHOWN]),
        "warnings": [said["message"] for said in checked["warnings"]],
        "files": {"predictions": None, "parts": None},
    }


def _sentence(plan: Plan, champion: str | None, rows: int, marked: int) -> str:
    by = f" with the model of run {champion}" if champion else ""
    text = f"Predicted {counted(rows, 'row')} of {quoted(plan['file'])}{by}."
    if marked:
        text += f" {counted(marked, 'row')} marked in prediction_error."
    return text

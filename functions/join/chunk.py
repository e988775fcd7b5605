"""Step join: one chunk of the file as it was dropped, with what was predicted of its rows."""

import gzip
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import Any

from join.fields import Writer
from join.header import Named, with_names
from join.rows import Added, Reason, Spans, joined, parsed_reasons
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import CHUNKS, RunFiles
from pipeline.documents.scoring.check import Checked
from pipeline.documents.scoring.chunk import JoinNote, Scored, ScoreNote
from pipeline.documents.scoring.plan import ScoringPlan
from pipeline.planned import read_plan
from pipeline.storage.bucket import Bucket, ObjectSource
from pipeline.storage.damage import damaged
from scoring.decision import Decision
from scoring.words import Words
from table.reading.dialect import Dialect

PARTS = "parts"
"""Folder of the parts, beside the result."""
_PACKING = 4
"""Of gzip's nine levels one that packs about as much as the usual sixth, in half the time."""
_MARKS = {
    "utf-16-le": BOM_UTF16_LE,
    "utf-16-be": BOM_UTF16_BE,
    "utf-32-le": BOM_UTF32_LE,
    "utf-32-be": BOM_UTF32_BE,
}


def join_chunk(client: Any, bucket_name: str, prefix: str, folder: str, chunk: Scored) -> None:
    """Write a part of the result.

    Parameters
    ----------
    folder : where the result is to lie.
    """
    files = RunFiles(Bucket(client, bucket_name), prefix)
    reading.fitting(kinds.SCORED, chunk, files.uri(layout.CHUNKS))
    plan, scoring = read_plan(files), files.read_document(kinds.SCORING)
    encoder, checked = files.read_document(kinds.ENCODER), files.read_document(kinds.CHECK)
    place = plan["source"]
    source = ObjectSource(
        Bucket(client, place["bucket"]), place["key"], place["version_id"], scoring["size"]
    )
    writer = Writer(Dialect(**plan["dialect"]), _encoding(scoring))
    try:
        head = with_names(_head(source, plan), plan, checked["added"], writer)
        before = source.read(chunk["lead"], chunk["start"])
        if chunk["lead"] == 0:
            # Blank lines may follow what stands before the first row.
            before = head.raw + before[plan["data_start"] :]
        raw = source.read(chunk["start"], chunk["end"])
        after = source.read(chunk["end"], chunk["tail"])
        words = Words.of_target(encoder["target"], Decision.of_document(scoring.get("decision")))
        added = _added(files, plan, encoder["columns"], words, checked, chunk, head)
        body = before + joined(raw, _spans(files, chunk), added, writer) + after
    except (ValueError, TypeError, IndexError) as error:
        uri = files.uri(layout.PREDICTIONS, layout.prediction_part(chunk["index"]))
        raise damaged(uri, "an earlier step", f"does not fit the file ({error})") from error
    if checked["reasons"]:
        unexplained = (
            sum(not row for row in added.reasons) if added.reasons else len(added.predictions)
        )
        told: JoinNote = {"index": chunk["index"], "unexplained": unexplained}
        files.write_note(layout.JOIN_NOTE, chunk["index"], told)
    name, kind = part_of(chunk["index"], scoring)
    files.bucket.put(layout.join(folder, PARTS, name), _as_dropped(body, chunk, scoring), kind)


def part_of(index: int, scoring: ScoringPlan) -> tuple[str, str]:
    """Return the file name of a part of the result, and its content type."""
    name = layout.part_name(index)
    return (f"{name}.gz", "application/gzip") if scoring["packed"] else (name, "text/csv")


def _encoding(scoring: ScoringPlan) -> str:
    # What is in UTF-16 or UTF-32 is read from a copy in UTF-8.
    return "cp1252" if scoring["written"] == "cp1252" else "utf-8"


def _head(source: ObjectSource, plan: Plan) -> bytes:
    """Return what stands before the rows; each chunk looks how its header differs from its rows."""
    return source.read(0, plan["data_start"])


def _spans(files: RunFiles, chunk: Scored) -> Spans | None:
    note = note_of(files, chunk["index"])
    if note["plain"]:
        return None
    return Spans.of_words(
        files.read(layout.SPANS, layout.spans_part(chunk["index"]), kind=kinds.SPANS)
    )


def note_of(files: RunFiles, index: int) -> ScoreNote:
    """Return what Encode noted of a chunk."""
    name = layout.note_name(layout.SCORE_NOTE, index)
    return files.read_json(CHUNKS, name, kind=kinds.SCORE_NOTE)


def _added(
    files: RunFiles,
    plan: Plan,
    columns: list[str],
    words: Words,
    checked: Checked,
    chunk: Scored,
    head: Named,
) -> Added:
    note = note_of(files, chunk["index"])
    predictions: list[str] = []
    reasons: list[list[Reason]] = []
    if note["rows"]:
        part = layout.prediction_part(chunk["index"])
        kind = kinds.predictions(note["rows"], max(len(words.classes), 1))
        text = files.read(layout.PREDICTIONS, part, kind=kind).decode()
        # AssembleWith: Line may put an empty line behind the answer to each request.
        predictions = [line for line in text.split("\n") if line.strip()]
        if checked["reasons"]:
            name = layout.part_name(chunk["index"])
            body = files.read_if_there(layout.REASONS, name, kind=kinds.REASONS)
            reasons = parsed_reasons(body.decode()) if body is not None else []
    return Added(
        words,
        predictions,
        reasons,
        checked["reasons"],
        columns,
        plan["columns"],
        {int(row): columns for row, columns in note.get("strays", {}).items()},
        head.padding,
    )


def _as_dropped(body: bytes, chunk: Scored, scoring: ScoringPlan) -> bytes:
    """Give a part the encoding and the packing of what was dropped."""
    written = scoring["written"]
    if written.startswith(("utf-16", "utf-32")):
        mark = _MARKS[written] if scoring["mark"] and chunk["lead"] == 0 else b""
        body = mark + body.decode().encode(written)
    return gzip.compress(body, _PACKING, mtime=0) if scoring["packed"] else body

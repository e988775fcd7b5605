"""Step join: one chunk of the file as it was dropped, with what was predicted of its rows."""

import gzip
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterable, Iterator
from typing import Any

from join.fields import Writer
from join.header import Named, with_names
from join.records import Spans
from join.rows import Added, Reason, joined, parsed_reasons
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import CHUNKS, RunFiles
from pipeline.documents.scoring.check import Checked
from pipeline.documents.scoring.chunk import JoinNote, Scored, ScoreNote
from pipeline.documents.scoring.plan import ScoringPlan
from pipeline.planned import read_plan
from pipeline.storage.bucket import Bucket, ObjectSource
from scoring.decision import Decision
from scoring.words import Words
from table.reading.dialect import Dialect

PARTS = "parts"
"""Folder of the parts, beside the result."""
_PACKING = 4
"""Of gzip's nine levels: 4 % more bytes than the usual sixth, in 40 % of its time."""
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
    # Each chunk looks how the header differs from the rows.
    with reading.belonging(files.uri(layout.PLAN), files.bucket.uri(place["key"])):
        head = with_names(source.read(0, plan["data_start"]), plan, checked["added"], writer)
    before = source.read(chunk["lead"], chunk["start"])
    if chunk["lead"] == 0:
        # Blank lines may follow what stands before the first row.
        before = head.raw + before[plan["data_start"] :]
    raw = source.read(chunk["start"], chunk["end"])
    after = source.read(chunk["end"], chunk["tail"])
    note = note_of(files, chunk["index"])
    words = Words.of_target(encoder["target"], Decision.of_document(scoring.get("decision")))
    with reading.belonging(*_uris(files, chunk["index"], note)):
        added = _added(files, plan, encoder["columns"], words, checked, note, head)
        body = b"".join((before, *joined(raw, _spans(files, note), added, writer), after))
    if checked["reasons"]:
        unexplained = sum(not row for row in added.reasons) if added.reasons else note["rows"]
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


def _uris(files: RunFiles, index: int, note: ScoreNote) -> Iterator[str]:
    """Yield the addresses of what a part is put together of."""
    yield files.uri(layout.PREDICTIONS, layout.prediction_part(index))
    if not note["plain"]:
        yield files.uri(layout.SPANS, layout.spans_part(index))


def _spans(files: RunFiles, note: ScoreNote) -> Spans | None:
    if note["plain"]:
        return None
    return Spans.of_words(
        files.read(layout.SPANS, layout.spans_part(note["index"]), kind=kinds.SPANS)
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
    note: ScoreNote,
    head: Named,
) -> Added:
    predictions: Iterable[str] = ()
    reasons: list[list[Reason]] = []
    if note["rows"]:
        part = layout.prediction_part(note["index"])
        kind = kinds.predictions(note["rows"], max(len(words.classes), 1))
        # Read as they are used: as texts of their own they would take five times their bytes.
        answers = io.TextIOWrapper(
            io.BytesIO(files.read(layout.PREDICTIONS, part, kind=kind)), "utf-8"
        )
        # AssembleWith: Line may put an empty line behind the answer to each request.
        predictions = (line for line in answers if line.strip())
        if checked["reasons"]:
            name = layout.part_name(note["index"])
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

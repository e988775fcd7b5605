"""Step encode of a file that is scored: one chunk's rows to features, and where records lie."""

from array import array
from typing import Any

import polars as pl

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import STYLED, Encoder
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring.check import Checked
from pipeline.documents.scoring.chunk import Scored, ScoreNote
from pipeline.planned import read_plan, source_of
from pipeline.storage.bucket import Bucket
from table.encoding.apply import encode_frame, encode_target
from table.encoding.floats import to_floats
from table.encoding.text import to_csv
from table.reading.dialect import Dialect
from table.reading.planned import read_planned
from table.reading.records import Spans
from table.values.missing import present, stripped


def encode_scoring(client: Any, bucket_name: str, prefix: str, chunk: Scored) -> None:
    """Write a chunk's features, its truth if the file has it, and a note of its records."""
    run = RunFiles(Bucket(client, bucket_name), prefix)
    reading.fitting(kinds.SCORED, chunk, run.uri(layout.CHUNKS))
    plan, encoder = read_plan(run), run.read_document(kinds.ENCODER)
    checked = run.read_document(kinds.CHECK)
    raw = source_of(client, plan).read(chunk["start"], chunk["end"])
    with reading.belonging(*map(run.uri, (layout.CHUNKS, layout.PLAN, layout.ENCODER))):
        files, note = encode_bytes(raw, plan, encoder, checked, chunk)
    for name, body in files.items():
        kind = "text/csv" if name.endswith(".csv") else "application/octet-stream"
        run.bucket.put(run.key(name), body, kind)
    run.write_note(layout.SCORE_NOTE, chunk["index"], note)


def encode_bytes(
    raw: bytes, plan: Plan, encoder: Encoder, checked: Checked, chunk: Scored
) -> tuple[dict[str, bytes], ScoreNote]:
    """Encode the bytes of a chunk's records.

    Returns
    -------
    Files by name below the run's prefix, and what is noted of the chunk.
    """
    dialect, columns, index = Dialect(**plan["dialect"]), plan["columns"], chunk["index"]
    found = read_planned(dialect.text_of(raw), plan, clean=chunk["clean"])
    frame = found.frame
    note: ScoreNote = {
        "index": index,
        "rows": len(frame),
        "plain": found.spans is None,
        "unseen": {},
    }
    files: dict[str, bytes] = {}
    if found.spans is not None:
        files[layout.join(layout.SPANS, layout.spans_part(index))] = _words(found.spans)
    if not len(frame):
        return files, note
    encoded = encode_frame(frame, columns, encoder)
    part = layout.part_name(index)
    if checked["engine"] == "batch":
        files[layout.join(layout.TO_SCORE, part)] = to_csv(encoded.features)
    if checked["engine"] == "function" or checked["reasons"]:
        floats = to_floats(encoded.features)
        files[layout.join(layout.FEATURES, layout.feature_part(index))] = floats
    if checked["target_column"] is not None and (truth := _truth(frame, columns, encoder)):
        files[layout.join("data/truth", part)] = truth
    styled = {f["column"] for f in encoder["features"] if f["encoding"] in STYLED}
    note["unseen"] = {name: n for name, n in encoded.unknown.items() if name not in styled}
    if strays := _strays(frame, columns, encoder, encoded.features, encoded.unknown):
        note["strays"] = strays
    return files, note


def _words(spans: Spans) -> bytes:
    """Write first line, last line and number of fields of the records, one after the other."""
    return b"".join(
        array("I", series.to_list()).tobytes() for series in (spans.first, spans.last, spans.fields)
    )


def _truth(frame: pl.DataFrame, columns: list[str], encoder: Encoder) -> bytes | None:
    """Return the labels of the rows that have one, by their number in the chunk, from 0."""
    target = encoder["target"]
    values = frame.to_series(columns.index(target["name"]))
    labels = encode_target(present(values, target["name"], encoder.get("missing_values")), target)
    rows = pl.int_range(len(labels), dtype=pl.UInt32, eager=True)
    table = pl.DataFrame({"row": rows, "label": labels}).filter(labels.is_not_null())
    return table.write_csv().encode() if len(table) else None


def _strays(
    frame: pl.DataFrame,
    columns: list[str],
    encoder: Encoder,
    features: pl.DataFrame,
    unknown: dict[str, int],
) -> dict[str, list[int]]:
    """Return, by row, the columns whose number or date could not be read."""
    found: dict[str, list[int]] = {}
    for number, feature in enumerate(encoder["features"]):
        name = feature["column"]
        if feature["encoding"] not in STYLED or name not in unknown:
            continue
        at = columns.index(name)
        values = stripped(present(frame.to_series(at), name, encoder.get("missing_values")))
        unread = values.is_not_null() & features.to_series(number).is_null()
        for row in unread.arg_true():
            positions = found.setdefault(str(row), [])
            if at not in positions:
                positions.append(at)
    return found

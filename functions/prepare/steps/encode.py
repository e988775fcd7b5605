"""Step encode: one chunk's records to parts for training, validation and test."""

from itertools import pairwise
from typing import Any

import polars as pl

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Encoder
from pipeline.documents.fit import Chunk, Fit, Folds
from pipeline.documents.notes import ChunkRows
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import RunFiles
from pipeline.planned import read_plan, source_of
from pipeline.storage.bucket import Bucket
from pipeline.vocabulary import SPLITS, TEST, TRAIN, VALIDATION
from prepare.learning.folds import folds_of
from prepare.learning.labelled import Labelled, labelled_rows
from prepare.splitting.digests import learned_digests, words
from prepare.splitting.placing import split_rows, together
from table.encoding.apply import encode_frame, encode_target
from table.encoding.target_means import with_means_elsewhere
from table.encoding.text import to_csv
from table.reading.dialect import Dialect
from table.reading.planned import read_planned
from table.values.missing import present

_FOR_CHAMPION = ("champion", "tested")


def encode_chunk(client: Any, bucket_name: str, prefix: str, chunk: Chunk) -> None:
    """Write a chunk's parts, and how many rows went where.

    Again, for another champion, only what is compared with it is written.
    """
    run = RunFiles(Bucket(client, bucket_name), prefix)
    reading.fitting(kinds.CHUNK, chunk, run.uri(layout.CHUNKS))
    again = chunk["again"]
    if again and not chunk["champion"]:
        return
    plan, fit, encoder = (
        read_plan(run),
        run.read_document(kinds.FIT),
        run.read_document(kinds.ENCODER),
    )
    champion = run.read_document(kinds.CHAMPION_ENCODER) if chunk["champion"] else None
    folds = run.read_document(kinds.FOLDS) if encoder.get("tables") else None
    source = source_of(client, plan)
    with reading.belonging(*map(run.uri, (layout.CHUNKS, layout.FIT, layout.ENCODER))):
        # Under no name here, so that the bytes go as soon as they are read.
        files, counts = encode_bytes(
            source.read(chunk["start"], chunk["end"]), plan, fit, encoder, chunk, champion, folds
        )
    tags: dict[str, str] = {}
    for name, body in files.items():
        if again and name.split("/")[0] not in _FOR_CHAMPION:
            continue
        kind = "text/csv" if name.endswith(".csv") else "application/octet-stream"
        tags[f"data/{name}"] = run.bucket.put(run.key("data", name), body, kind)
    if chunk["champion"]:
        _note(run, chunk, layout.CHAMPION_NOTE, layout.CHAMPION_FOLDERS, tags)
    if again:
        return
    _note(run, chunk, layout.PARTS_NOTE, layout.PART_FOLDERS, tags)
    rows: ChunkRows = {"index": chunk["index"], **counts}
    run.write_note(layout.ROWS_NOTE, chunk["index"], rows)


def _note(
    run: RunFiles,
    chunk: Chunk,
    note: str,
    folders: tuple[str, ...],
    tags: dict[str, str],
) -> None:
    """Write down the ETags of a chunk's parts, so that Evaluate sees if they are changed."""
    told = {name: tag for name, tag in tags.items() if name.split("/")[1] in folders}
    run.write_note(note, chunk["index"], {"index": chunk["index"], "parts": told})


def encode_bytes(
    raw: bytes,
    plan: Plan,
    fit: Fit,
    encoder: Encoder,
    chunk: Chunk,
    champion: Encoder | None = None,
    folds: Folds | None = None,
) -> tuple[dict[str, bytes], ChunkRows]:
    """Encode the bytes of a chunk's records.

    Returns
    -------
    Files by name below data/, none of them empty; and the rows of each split, dropped for
    want of a target, and whose digest was kept as seen.
    """
    columns = plan["columns"]
    records = read_planned(Dialect(**plan["dialect"]).text_of(raw), plan, clean=chunk["clean"])
    del raw
    labelled = labelled_rows(records, plan, encoder)
    del records
    frame, labels = labelled.frame, labelled.labels
    splits = split_rows(frame, columns, labels, fit, chunk, encoder.get("missing_values"))
    features = encode_frame(frame, columns, encoder).features
    part = layout.part_name(chunk["index"])
    digest_part = layout.digest_part(part)
    groups = together(frame, columns, fit, encoder.get("missing_values"))
    learned = features
    if folds is not None:
        fold = folds_of(labelled.rows, chunk, fit, groups)
        learned = with_means_elsewhere(features, frame, columns, encoder, folds, fold)
    test, dropped = splits == TEST, labelled.dropped
    tested = labelled.only(test)
    del labelled, frame
    files = _learned(learned, features, labels, splits, chunk)
    files[f"test/{part}"] = to_csv(features.filter(test))
    files[f"truth/{part}"] = _truth(tested, columns, encoder, chunk)
    if groups is not None:
        files[f"groups/{digest_part}"] = words(groups.filter(test))
    digests = learned_digests(features, labels)
    seen = digests.filter((splits != TEST) & (digests % fit["digests"]["every"] == 0))
    if len(seen):
        files[f"seen/{digest_part}"] = words(seen)
    if champion is not None:
        theirs = encode_frame(tested.frame, columns, champion).features
        files[f"champion/{part}"] = to_csv(theirs)
        known = learned_digests(theirs, _champion_labels(tested.frame, columns, champion))
        files[f"tested/{digest_part}"] = words(known) + words(digests.filter(test))
    rows_of = [int((splits == number).sum()) for number in range(len(SPLITS))]
    counts: ChunkRows = {
        "train": rows_of[TRAIN],
        "validation": rows_of[VALIDATION],
        "test": rows_of[TEST],
        "dropped": dropped,
        "seen": len(seen),
    }
    return _without_empty(files, rows_of), counts


def _champion_labels(frame: pl.DataFrame, columns: list[str], champion: Encoder) -> pl.Series:
    """Return the target as the champion reads it; null where it has another."""
    target = champion["target"]
    if target["name"] not in columns:
        return pl.Series([None] * len(frame), dtype=pl.Float64)
    values = frame.to_series(columns.index(target["name"]))
    return encode_target(present(values, target["name"], champion.get("missing_values")), target)


def _learned(
    learned: pl.DataFrame,
    features: pl.DataFrame,
    labels: pl.Series,
    splits: pl.Series,
    chunk: Chunk,
) -> dict[str, bytes]:
    """Return the parts that the training reads: a label first in each line.

    Parameters
    ----------
    learned : features of rows that train, which differ where they tell of the target.
    """
    train = learned.filter(splits == TRAIN).insert_column(0, _label(labels, splits, TRAIN))
    files = {
        f"train/{layout.part_name(chunk['index'], number)}": to_csv(piece)
        for number, piece in enumerate(_pieces(train, chunk["train_parts"]))
    }
    stop = features.filter(splits == VALIDATION)
    stop.insert_column(0, _label(labels, splits, VALIDATION))
    files[f"validation/{layout.part_name(chunk['index'])}"] = to_csv(stop)
    return files


def _label(labels: pl.Series, splits: pl.Series, split: int) -> pl.Series:
    return labels.filter(splits == split).alias("label")


def _pieces(frame: pl.DataFrame, parts: int) -> list[pl.DataFrame]:
    """Divide rows into parts of nearly the same size, as many as asked if there are rows."""
    parts = max(1, min(parts, len(frame)))
    edges = [len(frame) * n // parts for n in range(parts + 1)]
    return [frame.slice(a, b - a) for a, b in pairwise(edges)]


def _truth(tested: Labelled, columns: list[str], encoder: Encoder, chunk: Chunk) -> bytes:
    """Return truth with its header: row, label, id columns."""
    labels = tested.labels
    kind = pl.Int64 if encoder["target"].get("whole") else labels.dtype
    table = pl.DataFrame(
        {"row": tested.rows.cast(pl.UInt64) + chunk["first_row"], "label": labels.cast(kind)}
    ).with_columns(
        tested.frame.to_series(columns.index(name)).alias(f"id:{number}")
        for number, name in enumerate(encoder["id_columns"])
    )
    header = pl.DataFrame([truth_columns(encoder["id_columns"])], orient="row")
    return (header.write_csv(include_header=False) + table.write_csv(include_header=False)).encode()


def _without_empty(files: dict[str, bytes], rows_of: list[int]) -> dict[str, bytes]:
    """Leave out the files of splits that have no row in the chunk."""
    empty = {name for name, rows in zip(SPLITS, rows_of, strict=True) if not rows}
    if "test" in empty:
        empty |= {"truth", "groups", "champion", "tested"}
    return {name: body for name, body in files.items() if name.split("/")[0] not in empty}


def truth_columns(id_columns: list[str]) -> list[str]:
    """Name the columns of truth so that readers can look them up by name."""
    names = ["row", "label"]
    for column in id_columns:
        name = f"{column}_id" if column in ("row", "label") else column
        while name in names:
            name = f"{name}_"
        names.append(name)
    return names

"""Step plan: what the file is, what its columns are called, and where to cut it."""

from dataclasses import dataclass
from typing import Any

from pipeline import drop_keys, layout, run_names
from pipeline.documents import kinds
from pipeline.documents import plan as documents
from pipeline.documents.plan import ChunkRange, Plan
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Planned, RunInput
from pipeline.errors import EmptyFileError, FileLimitError, NotCsvError
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.storage.bucket import Bucket, ObjectSource
from prepare.steps.dropped import dataset_of, find_drop, settings_of
from table.columns.named_in_settings import check_columns, missing_values, target_column, trained_on
from table.columns.target_guess import guess_target
from table.edges.footer import find_footer
from table.edges.head import Head, read_head
from table.limits import MIB, RECORD_LIMIT_BYTES, SAMPLE_BYTES
from table.reading.file_kind import GZIP, cp1252_notice, encoding_of
from table.reading.plain_copy import plain_pieces, write_pieces
from table.reading.utf8 import to_utf8


@dataclass(frozen=True)
class Request:
    """The drop that starts a run, with what the deployment adds."""

    bucket: str
    drop: RunInput
    execution: dict[str, Any]
    chunk_bytes: int
    code_version: str


def plan_run(client: Any, request: Request) -> Planned:
    """Write request.json, plan.json and the manifest of byte ranges.

    Returns
    -------
    The state machine's new input.

    Raises
    ------
    DropNameError, SettingsError, EmptyFileError, NotCsvError, FileLimitError,
    TargetMissingError
    """
    drop = request.drop
    bucket = Bucket(client, drop.get("bucket") or request.bucket)
    dropped = find_drop(bucket, drop["key"], drop.get("version_id"))
    source = dropped.source
    dataset = drop.get("dataset") or dataset_of(source.key)
    # An input may name the run of an execution that it was copied from: that one's files stay.
    run = run_names.run_of_execution(request.execution["name"])
    prefix = layout.prefix_of(run)
    settings = settings_of(bucket, drop.get("settings"), dataset)
    files = RunFiles(Bucket(client, request.bucket), prefix)
    plan = _plan(files, source, dataset, settings)
    files.write_document(kinds.PLAN, plan)
    files.write_document(kinds.MANIFEST, _ranges(plan, request.chunk_bytes))
    asked: documents.Request = {
        "run": run,
        "dataset": dataset,
        "bucket": bucket.name,
        "key": source.key,
        "version_id": source.version_id,
        "etag": dropped.etag,
        "size": source.size,
        "last_modified": dropped.last_modified,
        "execution": request.execution,
        "trigger": drop.get("trigger", "person"),
        "settings": settings,
        "keep_settings": drop.get("keep_settings"),
        "code_version": request.code_version,
    }
    files.write_document(kinds.REQUEST, asked)
    return {
        "bucket": request.bucket,
        "key": source.key,
        "version_id": source.version_id,
        "dataset": dataset,
        "run": run,
        "prefix": prefix,
        "manifest": files.key(layout.MANIFEST),
        "attempts": run_names.attempts_of(run),
        "comparisons": {"count": 0, "suffixes": list(run_names.COMPARISONS)},
    }


@dataclass(frozen=True)
class _Text:
    """What is read: the drop, or a plain UTF-8 copy of it.

    Attributes
    ----------
    start : its first bytes.
    original : the encoding that the drop has; a copy's own is another.
    """

    source: ObjectSource
    start: bytes
    encoding: str
    original: str


def _plan(own: RunFiles, drop: ObjectSource, dataset: str, settings: Settings) -> Plan:
    name = drop.key.rsplit("/", 1)[-1]
    start = drop.read(0, SAMPLE_BYTES)
    if not start.strip():
        raise EmptyFileError(f"{name} is empty; drop a CSV with a header and rows")
    notices: list[Notice] = []
    packed = start.startswith(GZIP)
    if packed != name.lower().endswith(".gz"):
        how = "gzip although its name does not say so" if packed else "no gzip although so named"
        notices.append(notice("suffix", f"{name} is {how}; read as it is."))
    text = _readable(own, drop, start, packed, name)
    source = text.source
    start = _whole_lines(source, text.start, name)
    mark = 3 if start.startswith(b"\xef\xbb\xbf") else 0
    whole = source.size <= len(start)
    characters = to_utf8(start[mark:]).decode()
    head = read_head(characters, name, text.encoding, whole, settings.get("target"))
    data_start = mark + _offset_of(start[mark:], head)
    asked = target_column(head.columns, settings, name, layout.join(drop_keys.INBOX, dataset))
    target, by = (
        guess_target(
            head.columns[: head.named],
            label_first=not head.header and _has_label_first(start[data_start:], head, whole),
        )
        if asked is None
        else (asked, "settings")
    )
    footer = find_footer(source, data_start, head.dialect, len(head.columns))
    time, group = check_columns(head.columns, target, settings, name)
    if text.original == "cp1252":
        notices.append(cp1252_notice(name))
    plan: Plan = {
        "source": {
            "bucket": source.bucket.name,
            "key": source.key,
            "version_id": source.version_id,
            "size": footer[0] if footer else source.size,
        },
        "file": name,
        "dialect": head.dialect.to_json(),
        "header": head.header,
        "columns": head.columns,
        "data_start": data_start,
        "skip_lines": head.skip_lines,
        "target": target,
        "target_by": by,
        "time_index": time,
        "group_index": group,
        "notices": [*notices, *head.notices],
        "header_records": head.header_records,
        "number_columns": head.number_columns,
    }
    if (missing := missing_values(head.columns, settings, name)) is not None:
        plan["missing_values"] = missing
    if time is None and group is None and settings["split"].get("by") != "position":
        plan["content"] = trained_on(head.columns, target, settings)
    if head.commented is not None:
        plan["commented"] = head.commented
    if footer:
        plan["footer"] = footer[1]
    return plan


def _readable(own: RunFiles, drop: ObjectSource, start: bytes, packed: bool, name: str) -> _Text:
    """Return the drop as it is, if it can be read by range; else copy it."""
    encoding = "" if packed else encoding_of(start, name)
    if not packed and not encoding.startswith(("utf-16", "utf-32")):
        return _Text(drop, start, encoding, encoding)
    copy, original = _copied(own, drop, packed, encoding, name)
    start = copy.read(0, SAMPLE_BYTES)
    if not start.strip():
        raise EmptyFileError(f"{name} holds nothing; drop a CSV with a header and rows")
    return _Text(copy, start, encoding_of(start, name), original)


def _copied(
    own: RunFiles, source: ObjectSource, packed: bool, wide: str, name: str
) -> tuple[ObjectSource, str]:
    """Write a plain UTF-8 copy below the run and return it, with the encoding it had."""
    encoding = wide
    if packed:
        first = next((p for p in plain_pieces(source, True, "", name) if p), b"")[:SAMPLE_BYTES]
        if first.startswith(GZIP):
            raise NotCsvError(f"{name} is compressed twice; compress it once and drop it again")
        encoding = encoding_of(first, name) if first.strip() else "utf-8"
    decode = encoding if encoding.startswith(("utf-16", "utf-32")) else ""
    key = own.key(layout.PLAIN_COPY)
    size = write_pieces(own.bucket, key, plain_pieces(source, packed, decode, name))
    return ObjectSource(own.bucket, key, None, size), encoding


def _whole_lines(source: ObjectSource, start: bytes, name: str) -> bytes:
    """Read on until the sample has two lines, or the limit of a record is reached."""
    while len(start) < source.size and start.count(b"\n") + start.count(b"\r") < 4:
        if len(start) > RECORD_LIMIT_BYTES:
            raise FileLimitError(
                f"{name}: line 1 or 2 is longer than {RECORD_LIMIT_BYTES // MIB} MiB, the limit of "
                f"a record; check that the file has line ends"
            )
        start += source.read(len(start), len(start) + 2 * len(start))
    return start


def _offset_of(start: bytes, head: Head) -> int:
    newline = head.dialect.newline.encode()
    at = 0
    for _ in range(head.skip_lines):
        cut = start.find(newline, at)
        if cut < 0:
            return len(start)
        at = cut + 1
    return at


def _has_label_first(data: bytes, head: Head, whole: bool) -> bool:
    """Look at the rows that begin a file without a header; the last may be cut off."""
    # Few files have no header, and importing polars takes longer than all else that plan does.
    from table.edges.label_first import has_label_first
    from table.reading.records import read_records

    lines = head.dialect.text_of(data)
    if not whole:
        lines = lines[: lines.rfind(b"\n") + 1]
    return has_label_first(read_records(lines, head.dialect, len(head.columns)).frame)


def _ranges(plan: Plan, chunk_bytes: int) -> list[ChunkRange]:
    size = plan["source"]["size"]
    starts = range(0, max(size, 1), chunk_bytes)
    return [
        {"index": index, "start": start, "end": min(start + chunk_bytes, size)}
        for index, start in enumerate(starts)
    ]

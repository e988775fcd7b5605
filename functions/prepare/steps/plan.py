"""Step plan: what the file is, what its columns are called, and where to cut it."""

from typing import Any

from pipeline import run_names
from pipeline.documents import kinds
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Planned
from pipeline.settings import Settings
from pipeline.storage.bucket import ObjectSource
from prepare.steps.asked import Request, write_request
from prepare.steps.dropped import dataset_of, find_drop, settings_of
from prepare.steps.text import Text, head_of, ranges_of, readable
from table.columns.named_in_settings import check_columns, missing_values, target_column, trained_on
from table.columns.target_guess import guess_target
from table.edges.footer import find_footer
from table.edges.head import Head


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
    dropped = find_drop(
        request.dropped_in(client), request.drop["key"], request.drop.get("version_id")
    )
    dataset = request.drop.get("dataset") or dataset_of(dropped.source.key)
    settings = settings_of(dropped.source.bucket, request.drop.get("settings"), dataset)
    files = request.files(client)
    plan = _plan(files, dropped.source, dataset, settings)
    files.write_document(kinds.PLAN, plan)
    files.write_document(kinds.MANIFEST, ranges_of(plan, request.chunk_bytes))
    planned = write_request(files, request, dropped, dataset, settings)
    return {**planned, "comparisons": {"count": 0, "suffixes": list(run_names.COMPARISONS)}}


def _plan(own: RunFiles, drop: ObjectSource, dataset: str, settings: Settings) -> Plan:
    name = drop.key.rsplit("/", 1)[-1]
    text, notices = readable(own, drop, name)
    source = text.source
    # A target that the settings name is known to be in the header, if it is in the text at all.
    named = [settings["target"]] if "target" in settings else []
    head, data_start = head_of(text, name, named)
    asked = target_column(head.columns, settings, name, dataset)
    target, by = (
        guess_target(
            head.columns[: head.named],
            label_first=not head.header and _has_label_first(text, data_start, head),
        )
        if asked is None
        else (asked, "settings")
    )
    footer = find_footer(source, data_start, head.dialect, len(head.columns))
    time, group = check_columns(head.columns, target, settings, name, dataset)
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


def _has_label_first(text: Text, data_start: int, head: Head) -> bool:
    """Look at the rows that begin a file without a header; the last may be cut off."""
    # Few files have no header, and importing polars takes longer than all else that plan does.
    from table.edges.label_first import has_label_first
    from table.reading.records import read_records

    lines = head.dialect.text_of(text.start[data_start:])
    if text.source.size > len(text.start):
        lines = lines[: lines.rfind(b"\n") + 1]
    return has_label_first(read_records(lines, head.dialect, len(head.columns)).frame)

"""What to know of a file as a whole: what was assumed of it, and rows that were left out."""

from pipeline.documents.chunk_profile import MergedProfile
from pipeline.documents.plan import Plan
from pipeline.notices import Notice, notice
from pipeline.wording import counted
from table.columns.target import Target
from table.reading.file_kind import cp1252_notice


def file_notices(plan: Plan, profile: MergedProfile, target: Target) -> list[Notice]:
    """Return the warnings of a file, its rows and its target."""
    return [
        *plan["notices"],
        *([cp1252_notice(plan["file"])] if profile["cp1252"] else []),
        *_bad_rows(profile),
        *target.notices,
        *_few_rows(profile["rows"] - target.dropped),
    ]


def _bad_rows(profile: MergedProfile) -> list[Notice]:
    bad = profile["records"] - profile["rows"]
    if not bad:
        return []
    lines = ", ".join(
        f"line {line} ({counted(fields, 'field')})" for line, fields in profile["bad"]
    )
    rows = counted(bad, "row")
    text = f"Skipped for a wrong number of fields: {rows}; first {lines}."
    return [notice("bad_rows", text)]


def _few_rows(rows: int) -> list[Notice]:
    if rows >= 100:
        return []
    return [notice("tiny_data", f"Only {rows} rows: the metric is a rough guess.")]

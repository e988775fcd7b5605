"""What to know of a file as a whole: what was assumed of it, and rows that were left out."""

from pipeline.documents.plan import Plan
from pipeline.notices import Notice, notice
from prepare.checks.left_out import left_out_notices
from table.columns.target import Target
from table.profiling.whole_file import Chain
from table.reading.file_kind import cp1252_notice


def file_notices(plan: Plan, chained: Chain, target: Target) -> list[Notice]:
    """Return the warnings of a file, its rows and its target."""
    profile = chained.profile
    return [
        *plan["notices"],
        *([cp1252_notice(plan["file"])] if profile["cp1252"] else []),
        *left_out_notices(chained, plan),
        *target.notices,
        *_few_rows(profile["rows"] - target.dropped),
    ]


def _few_rows(rows: int) -> list[Notice]:
    if rows >= 100:
        return []
    return [notice("tiny_data", f"Only {rows} rows: the metric is a rough guess.")]

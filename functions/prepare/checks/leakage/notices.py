"""What is said of columns that give the target away: the target in other words, or known after it.

What is nearly sure waits for a person; what is likely is a warning. No column is dropped unsaid.
"""

from pipeline.documents.encoder import Encoder
from pipeline.documents.plan import Plan
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.wording import quoted
from prepare.checks.leakage.findings import Finding, findings_of
from prepare.checks.leakage.pairs import MOST, numbers_filled_in
from prepare.checks.leakage.rows import Rows, rows_of
from prepare.checks.sample import LEAST_ROWS, Sample
from table.columns.named_in_settings import kept_columns

_SHOWN = 3
_NAME = 40


def leakage_notices(
    sample: Sample | None, plan: Plan, encoder: Encoder, settings: Settings
) -> list[Notice]:
    """Look for columns that give the target away, but for those that the settings keep."""
    labels = None if sample is None else sample.labels
    if sample is None or labels is None or len(labels) < LEAST_ROWS or labels.n_unique() < 2:
        return _unchecked(sample)
    kept = kept_columns(settings, plan["columns"])
    rows = rows_of(sample, plan["columns"], encoder)
    found = [f for f in findings_of(rows) if not {*f.columns} & {*kept}]
    notices = []
    for sure in (True, False):
        alike = sorted((f for f in found if f.sure is sure), key=lambda f: -f.figure)
        notices += [_told(finding, encoder) for finding in alike[:_SHOWN]]
        notices += _rest(alike[_SHOWN:], sure)
    return [*notices, *_pairs_left_out(rows)]


def _told(finding: Finding, encoder: Encoder) -> Notice:
    target = encoder["target"]
    name = quoted(target["name"], _NAME)
    columns = " and ".join(quoted(column, _NAME) for column in finding.columns)
    share = f"{100 * finding.figure:.4g} %"
    said = {
        "errors": f"Column {columns} alone avoids {share} of the errors in guessing {name}",
        "curve": f"Column {columns} alone tells {name} with an AUC of {finding.figure:.4f}",
        "ranks": f"Column {columns} alone tells {share} of how the values of {name} rank",
        "values": f"The values of column {columns} lie apart in {name}, in {share} of the rows",
        "empty": f"Whether {columns} is empty almost tells the target {name} ({share})",
        "pair": f"Columns {columns} together make {name}, but for rounding",
    }
    if finding.how == "filled":
        classes = target.get("classes") or []
        which = quoted(str(classes[finding.of_class]), 20) if classes else "one class"
        said["filled"] = (
            f"Column {columns} says something for {share} of the rows of {name} {which} and for "
            f"no others"
        )
    return _notice(said[finding.how], finding.sure, "one" if len(finding.columns) > 1 else "it")


def _rest(findings: list[Finding], sure: bool) -> list[Notice]:
    if not findings:
        return []
    names = dict.fromkeys(column for finding in findings for column in finding.columns)
    shown = ", ".join(quoted(name, 20) for name in [*names][:_SHOWN])
    more = f" and {len(names) - _SHOWN} more columns" if len(names) > _SHOWN else ""
    return [_notice(f"Others do so, too: {shown}{more}", sure, "them")]


def _notice(said: str, sure: bool, what: str) -> Notice:
    remedy = (
        f'If not known when you predict, list {what} in "drop_columns" in pipeline.json, else in '
        f'"keep_columns".'
    )
    return notice("target_given_away" if sure else "leakage", f"{said}. {remedy}")


def _pairs_left_out(rows: Rows) -> list[Notice]:
    numbers = len(numbers_filled_in(rows.columns)) if rows.task == "regression" else 0
    if numbers <= MOST:
        return []
    text = (
        f"Whether two columns together make the target was tried of the {MOST} fullest of "
        f"{numbers:,} columns of numbers alone."
    )
    return [notice("leakage_unchecked", text)]


def _unchecked(sample: Sample | None) -> list[Notice]:
    """Say that nothing was looked for, where that is due to the file's form and not its size."""
    if sample is not None and not sample.partial:
        return []
    rows = 0 if sample is None else len(sample.labels)
    text = (
        f"Whether a column gives the target away was not looked for: of the lines that were read "
        f"for it, {rows:,} have a target, all of one value or too few. Shuffle the lines of the "
        f"file, or shorten them."
    )
    return [notice("leakage_unchecked", text)]

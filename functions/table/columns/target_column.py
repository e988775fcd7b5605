"""The target's column: what it holds, read for what it is to be predicted as."""

from pipeline.documents.chunk_profile import ColumnProfile
from pipeline.documents.encoder import TargetFacts
from pipeline.settings import Settings
from table.columns.classes import CLASS_NUMBERS, numbers_of
from table.columns.kind import SHARE, Column, column_of
from table.columns.labels import with_labels
from table.columns.number_style import says_missing

# More numbers than classes have are amounts, even if a few texts stand in up to half of the rows,
# or one that is known to say "missing" in any share.
_LEAST = 0.5
_FEW_TEXTS = 3


def target_column(
    name: str,
    found: ColumnProfile,
    rows: int,
    decimal_comma: bool,
    settings: Settings,
    known: TargetFacts | None,
) -> Column:
    """Decide what the target holds.

    Unlike other columns it is one of numbers if but a few stray texts are none, however few
    different values there are, and a spelling of missing may be a class in it.

    Parameters
    ----------
    decimal_comma : as ``column_of`` takes it.
    known : what the approved model predicts, if there is one.
    """
    column = column_of(name, found, rows, decimal_comma, target=True)
    before = known if known and known["name"] == name else None
    if column.numbers is None and settings["task"] in ("auto", "regression"):
        read = column_of(name, found, rows, decimal_comma, target=True, share=0, codes=0)
        if read.numbers is not None and _only_strays(read, before):
            return read
    labels = before.get("labels", {}) if before else {}
    return with_labels(column, labels, distinct=settings["distinct_labels"])


def stray_texts(column: Column) -> dict[str, int]:
    """Return the texts of a column of numbers that are none, each with its count."""
    counts = column.counts or {}
    read = numbers_of(counts, column.style)
    return {text: count for text, count in counts.items() if text not in read}


def _only_strays(column: Column, before: TargetFacts | None) -> bool:
    """Tell whether what is no number was put there for one, and is no name of a class."""
    strays = stray_texts(column)
    numbers = len(column.counts or {}) - len(strays)
    if not strays or numbers < 2:
        return False
    few = column.unread <= (1 - SHARE) * column.present
    if before is not None:
        if any(text in before.get("labels", {}) for text in strays):
            return False
        if _numeric(before):
            return few or len(strays) <= _FEW_TEXTS
    digits = any(c.isdigit() for text in strays for c in text)
    if few:
        return len(strays) <= max(numbers, _FEW_TEXTS) and (numbers > CLASS_NUMBERS or not digits)
    few_texts = numbers > CLASS_NUMBERS and len(strays) <= _FEW_TEXTS and not digits
    half = column.present - column.unread >= _LEAST * column.present
    return few_texts and (half or all(map(says_missing, strays)))


def _numeric(target: TargetFacts) -> bool:
    classes = target.get("classes") or []
    return len(numbers_of(classes, target.get("style", "plain"))) == len(classes)

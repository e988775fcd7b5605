"""What a column nearly is that is read as text: dates, durations or numbers of another writing."""

from pipeline.documents.chunk_profile import ColumnProfile
from pipeline.wording import quoted
from table.columns.date_order import written_dates
from table.limits import ONE_HOT_LIMIT
from table.profiling.texts import unit_rows
from table.values.date_styles import DATES
from table.values.units import ORDINALS, may_be_left_out

CODES = 50
"""A column of so few different values, some of them no numbers, holds codes."""
# A category of so many different values loses their order. Of a count that ends in 10+ fewer do, of
# ranges more: ages are grouped by fives up to 100+.
_MARKED, _COUNTED, _PAIRS = ONE_HOT_LIMIT, 8, 25
_MOST = 0.5
_SHOWN = 40


def nearly_of(found: ColumnProfile, present: int, kind: str, different: int) -> str:
    """Say what most values look like and what to write; nothing if they look like texts.

    Parameters
    ----------
    present : values that are not missing.
    kind : what they were read as.
    different : how many different ones there are; numbers among few may be codes.
    """
    if kind not in ("category", "text", "identifier"):
        return ""
    codes = different <= CODES
    like = found.get("like_dates")
    other = found.get("other", [])
    numbers = {style: part["count"] for style, part in found["numbers"].items()}
    plain, comma = numbers.get("plain", 0), numbers.get("comma", 0)
    said = [
        (0 if codes else plain + max(numbers.get("grouped", 0), comma), "are numbers", other),
        (max(numbers.get("duration", 0), numbers.get("clock", 0)), "are times", other),
    ]
    if written := written_dates(found):
        example = quoted(found["date_spellings"][written.style]["read"], _SHOWN)
        said.append((written.dates["count"], f"are dates such as {example}", [*written.unread]))
        ways: dict[str, int] = {}
        for style, part in found["dates"].items():
            pattern = DATES[style].pattern
            ways[pattern] = max(ways.get(pattern, 0), part["count"])
        said.append((sum(ways.values()), "are dates, written in several ways", []))
    count, what, odd = max(said, key=lambda one: one[0])
    alike, numbers_said = _like_numbers(found, present, kind, different)
    if alike > max(count, like["count"] if like else 0):
        return numbers_said
    if like and like["count"] > max(count, _MOST * present):
        return (
            f"{like['count']:,} of {present:,} values look like dates, but "
            f"{quoted(like['first'], _SHOWN)} is written in no way that is read: write 2024-01-31 "
            f"or 2024-01-31 14:35"
        )
    if count <= _MOST * present:
        return ""
    named = f", unlike {quoted(odd[0], _SHOWN)}" if odd else ""
    return (
        f"{count:,} of {present:,} values {what}{named}: write all of them in one way and leave "
        f"empty what is none"
    )


def _like_numbers(found: ColumnProfile, present: int, kind: str, different: int) -> tuple[int, str]:
    """Say how many values are numbers to a person, if some are written in no way that is read.

    Groups of a few values, as 18-24, are categories; pairs that differ in each row are codes.
    """
    like = {form: part["count"] for form, part in found.get("like_numbers", {}).items()}
    first = {form: part["first"] for form, part in found.get("like_numbers", {}).items()}
    for unit, rows in unit_rows(found).items():
        if may_be_left_out(unit) or unit.lower() in ORDINALS:
            like["unit"] = like.get("unit", 0) + rows
            first.setdefault("unit", f"... {unit}")
    if kind == "identifier":
        like.pop("pair", None)
    if not like:
        return 0, ""
    numbers = {style: part["count"] for style, part in found["numbers"].items()}
    read = numbers.get("plain", 0) + max(numbers.get("grouped", 0), numbers.get("comma", 0))
    count = read + sum(like.values())
    limit = (
        _PAIRS if like.get("pair", 0) * 2 >= count else _COUNTED if read * 2 >= count else _MARKED
    )
    if count <= _MOST * present or (kind == "category" and different <= limit):
        return 0, ""
    example = first[max(sorted(like), key=like.__getitem__)]
    return count, (
        f"{count:,} of {present:,} values look like numbers, but {quoted(example, _SHOWN)} is "
        f"written in no way that is read: write one number alone in each cell"
    )

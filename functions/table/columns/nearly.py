"""What a column nearly is that is read as text: dates, durations or numbers of another writing."""

from pipeline.documents.chunk_profile import ColumnProfile
from pipeline.wording import quoted
from table.columns.date_order import written_dates
from table.values.date_styles import DATES

_MOST = 0.5
_SHOWN = 40


def nearly_of(found: ColumnProfile, present: int, *, codes: bool = False) -> str:
    """Say what most values look like and what to write; nothing if they look like texts.

    Parameters
    ----------
    present : values that are not missing.
    codes : whether the values are so few that numbers among them may be codes.
    """
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

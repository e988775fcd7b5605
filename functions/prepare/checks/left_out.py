"""Part of step fit: which records of a file are no rows, and what its owner is told of them."""

from pipeline.documents.chunk_profile import Lines, MergedProfile
from pipeline.documents.plan import Plan
from pipeline.documents.profile import RecordsAccount
from pipeline.errors import RowsUnusableError
from pipeline.notices import Notice, notice
from pipeline.wording import counted, listed, quoted
from table.limits import BAD_LINES_SHOWN, BAD_ROW_SHARE, MINIMUM_ROWS
from table.profiling.whole_file import Chain

_SWALLOWED_SHARE = 0.001
# More than that are a way of writing missing numbers.
_OTHER_HEADERS = 5
_OTHER_SHARE = 0.001
_NONE: Lines = {"count": 0, "first": []}


def bad_rows(profile: MergedProfile) -> int:
    """Return how many records have another number of fields than there are columns."""
    repeated, commented = (profile.get("repeated_headers", _NONE), profile.get("commented", _NONE))
    return profile["records"] - profile["rows"] - repeated["count"] - commented["count"]


def check_rows(chained: Chain, plan: Plan) -> None:
    """Refuse a file that cannot train: see `check_records`; or it has too few rows.

    Raises
    ------
    RowsUnusableError
    """
    check_records(chained, plan)
    rows = chained.profile["rows"]
    if rows < MINIMUM_ROWS:
        raise RowsUnusableError(
            f"{plan['file']} has {counted(rows, 'row')} of data; training, validation and test "
            f"need at least {MINIMUM_ROWS} together: add rows"
        )


def check_records(chained: Chain, plan: Plan) -> None:
    """Refuse a file whose records are not read as its owner means them.

    Raises
    ------
    RowsUnusableError
    """
    profile = chained.profile
    bad = bad_rows(profile)
    file, width = plan["file"], len(plan["columns"])
    swallowed = profile.get("swallowed", _NONE)
    if swallowed["count"] > _SWALLOWED_SHARE * profile["records"]:
        raise RowsUnusableError(f"{file}, {_swallowed(swallowed)}")
    _check_one_table(profile, plan)
    if bad > BAD_ROW_SHARE * profile["records"]:
        line, fields = profile["bad"][0]
        raise RowsUnusableError(
            f"{file}: {bad:,} of {profile['records']:,} rows have another number of fields than "
            f"the {width} columns, the first on line {line} with {fields}; check the delimiter "
            f"and the quotes there"
        )


def _check_one_table(profile: MergedProfile, plan: Plan) -> None:
    """Refuse a file in which a second table stands below the first."""
    lines = [line for line, _ in profile["bad"]]
    widths = {fields for _, fields in profile["bad"]}
    others = profile.get("other_headers", _NONE)
    if 0 < others["count"] <= max(_OTHER_HEADERS, _OTHER_SHARE * profile["rows"]):
        line, why = others["first"][0], "has texts where numbers are above"
    elif (
        len(lines) == BAD_LINES_SHOWN
        and lines[-1] - lines[0] == len(lines) - 1
        and len(widths) == 1
        and max(widths) > 1
        and bad_rows(profile) <= BAD_ROW_SHARE * profile["records"]
    ):
        line, why = lines[0], f"and the next have {max(widths)} fields"
    else:
        return
    raise RowsUnusableError(
        f"{plan['file']}, line {line}: looks like the header of another table ({why}, "
        f"the first table has {len(plan['columns'])} columns); drop each table as a file of its own"
    )


def _swallowed(lines: Lines) -> str:
    return (
        f"line {lines['first'][0]}: a quote opens here and takes {counted(lines['count'], 'line')} "
        f"that look like rows into a field; close it, or double it (or put a backslash before "
        f"each quote from the first rows on) if it belongs to the text"
    )


def left_out_notices(chained: Chain, plan: Plan) -> list[Notice]:
    """Say which records were left out, and where they stand."""
    profile = chained.profile
    found = []
    if bad := bad_rows(profile):
        lines = ", ".join(
            f"line {line} ({counted(fields, 'field')})" for line, fields in profile["bad"]
        )
        text = f"Skipped for a wrong number of fields: {counted(bad, 'row')}; first {lines}."
        found.append(notice("bad_rows", text))
    if repeated := profile.get("repeated_headers"):
        text = (
            f"The header is repeated within the file: {counted(repeated['count'], 'line')} left "
            f"out, {_numbers(repeated)}."
        )
        found.append(notice("repeated_header", text))
    if commented := profile.get("commented"):
        text = (
            f"{counted(commented['count'], 'row')} commented out with a # before "
            f"{'it' if commented['count'] == 1 else 'them'} left out, {_numbers(commented)}. If "
            f"the # belongs to the values of {quoted(plan['columns'][0])}, write it behind them."
        )
        found.append(notice("commented_rows", text))
    if swallowed := profile.get("swallowed"):
        found.append(notice("swallowed_lines", f"L{_swallowed(swallowed)[1:]}."))
    if footer := plan.get("footer"):
        text = (
            f"Left out as a footer, from line {chained.lines + 1} on: "
            f"{listed(footer['texts'])}. If it is a row, put it higher up."
        )
        found.append(notice("footer", text))
    return found


def _numbers(lines: Lines) -> str:
    numbers = ", ".join(f"{line:,}" for line in lines["first"])
    return f"line{'' if lines['count'] == 1 else 's'} {numbers}" + (
        f" and {lines['count'] - len(lines['first']):,} more"
        if lines["count"] > len(lines["first"])
        else ""
    )


def account_of(profile: MergedProfile, plan: Plan, no_target: int) -> RecordsAccount:
    """Account for all records behind the header: those that are used, and why others are not."""
    left_out = {
        "under_header": max(len(plan.get("header_records", [])) - 1, 0),
        "repeated_header": profile.get("repeated_headers", _NONE)["count"],
        "commented": profile.get("commented", _NONE)["count"],
        "wrong_number_of_fields": bad_rows(profile),
        "no_target": no_target,
        "footer": plan["footer"]["records"] if "footer" in plan else 0,
    }
    outside = left_out["under_header"] + left_out["footer"]
    return {
        "in_file": profile["records"] + outside,
        "used": profile["rows"] - no_target,
        "left_out": left_out,
    }

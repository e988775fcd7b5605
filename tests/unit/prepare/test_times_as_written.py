"""A file with times in another writing trains as one that has them plainly, or says why not."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

import pytest

from pipeline.errors import SettingsError
from tests.unit.prepare.pipeline_run import Prepared, prepare
from tests.unit.prepare.test_chunk_independence import outcome

Written = Callable[[datetime], str]

DRAWN = random.Random(9)
MOMENTS = [datetime(2019, 1, 1) + timedelta(minutes=DRAWN.randrange(2_600_000)) for _ in range(400)]
DAYS = [moment.replace(hour=0, minute=0) for moment in MOMENTS]
SECONDS = [DRAWN.randrange(30, 200_000) for _ in range(400)]


def file_of(name: str, values: list[str]) -> bytes:
    rows = [f'"{value}",{n % 7},{n % 3 % 2}' for n, value in enumerate(values)]
    return "\n".join([f"{name},b,label", *rows]).encode()


def encoded(prepared: Prepared) -> list[list[list[float]]]:
    """Return the rows of each channel, numbers as such: 753 and 753.0 are one to XGBoost."""
    return [
        prepared.table(channel).fillna(-1).to_numpy(float).tolist()
        for channel in ("train", "validation", "test", "truth")
    ]


def iso(moment: datetime) -> str:
    return moment.isoformat(" ")


def quarter(moment: datetime) -> datetime:
    return moment.replace(month=(moment.month - 1) // 3 * 3 + 1, day=1)


def monday(moment: datetime) -> datetime:
    return moment - timedelta(days=moment.weekday())


SAME = {
    "am_pm": (MOMENTS, lambda m: m.strftime("%m/%d/%Y %I:%M:%S %p")),
    "am_pm_lower": (MOMENTS, lambda m: m.strftime("%d.%m.%Y %I:%M %p").lower()),
    "am_pm_points": (
        MOMENTS,
        lambda m: m.strftime("%b %d, %Y %I:%M ") + f"{'ap'[m.hour // 12]}.m.",
    ),
    "short_zone": (MOMENTS, lambda m: m.strftime("%Y-%m-%d %H:%M:%S+00")),
    "oracle": (DAYS, lambda m: m.strftime("%d-%b-%y").upper()),
    "oracle_time": (MOMENTS, lambda m: m.strftime("%d-%b-%y %I.%M.%S.000000 %p").upper()),
    "sas": (MOMENTS, lambda m: m.strftime("%d%b%Y:%H:%M:%S").upper()),
    "excel": (DAYS, lambda m: f"{m.month}/{m.day}/{m:%y}"),
    "excel_uk": (MOMENTS, lambda m: m.strftime("%d/%m/%y %H:%M")),
    "german": (DAYS, lambda m: m.strftime("%d.%m.%y")),
    "year_first": (DAYS, lambda m: m.strftime("%y-%m-%d")),
    "iso_day": (DAYS, lambda m: "{}-W{:02d}-{}".format(*m.isocalendar())),
    "compact": (DAYS, lambda m: m.strftime("%Y%m%d")),
    "epoch": (MOMENTS, lambda m: str(int((m - datetime(1970, 1, 1)).total_seconds()))),
    "epoch_ms": (MOMENTS, lambda m: str(int((m - datetime(1970, 1, 1)).total_seconds()) * 1000)),
    "rfc": (MOMENTS, lambda m: m.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    "twitter": (MOMENTS, lambda m: m.strftime("%a %b %d %H:%M:%S +0000 %Y")),
    "basic": (MOMENTS, lambda m: m.strftime("%Y%m%dT%H%M%SZ")),
    "excel_month": ([day.replace(day=1) for day in DAYS], lambda m: m.strftime("%b-%y")),
    "month": ([day.replace(day=1) for day in DAYS], lambda m: m.strftime("%m/%Y")),
    "week": ([monday(day) for day in DAYS], lambda m: "{}-W{:02d}".format(*m.isocalendar())),
    "quarter": ([quarter(day) for day in DAYS], lambda m: f"Q{m.month // 3 + 1} {m.year}"),
}


@cache
def dated(texts: tuple[str, ...], **split: str) -> Prepared:
    return prepare(file_of("order_date", list(texts)), {"split": split})


@pytest.mark.parametrize("split", [{}, {"time_column": "order_date"}])
@pytest.mark.parametrize(("moments", "written"), SAME.values(), ids=SAME)
def test_dates_in_another_writing_make_the_same_rows(
    moments: list[datetime], written: Written, split: dict[str, str]
) -> None:
    plain = dated(tuple(map(iso, moments)), **split)
    other = prepare(file_of("order_date", [written(m) for m in moments]), {"split": split})
    assert encoded(other) == encoded(plain)
    assert other.warnings == plain.warnings


DURATIONS: dict[str, Callable[[int], str]] = {
    "letters": lambda s: f"{s // 3600}h {s // 60 % 60}m {s % 60}s",
    "iso": lambda s: f"PT{s // 3600}H{s // 60 % 60}M{s % 60}S",
    "hours": lambda s: f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}",
    "minutes": lambda s: f"{s // 60}:{s % 60:02d}",
    "days": lambda s: str(timedelta(seconds=s)),
    "pandas": lambda s: (
        f"{s // 86400} days {s % 86400 // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}"
    ),
}


@pytest.mark.parametrize("target", ["label", "taken"])
@pytest.mark.parametrize("written", DURATIONS.values(), ids=DURATIONS)
def test_durations_make_the_same_rows_as_their_seconds(
    written: Callable[[int], str], target: str
) -> None:
    plain, other = (
        prepare(file_of("taken", [write(s) for s in SECONDS]), {"target": target})
        for write in (str, written)
    )
    assert encoded(other) == encoded(plain)
    assert other.warnings == plain.warnings


@pytest.mark.parametrize("odd", ["soon", "90"])
def test_target_of_durations_leaves_out_what_is_none(odd: str) -> None:
    texts = [DURATIONS["hours"](s) for s in SECONDS]
    texts[5] = odd
    prepared = prepare(file_of("taken", texts), {"target": "taken"})
    assert prepared.fit["task"] == "regression"
    rows = sum(len(prepared.table(channel)) for channel in ("train", "validation", "test"))
    assert rows == len(texts) - 1
    assert "target_unread" in prepared.codes
    assert prepared.json("fit.json")["class_rows"] == [rows]


def test_target_that_may_be_a_time_of_day_says_so() -> None:
    texts = [f"{s % 10:02d}:{s % 60:02d}:00" for s in SECONDS]
    prepared = prepare(file_of("taken_when", texts), {"target": "taken_when"})
    assert "ambiguous_times" not in prepared.codes
    prepared = prepare(file_of("x", texts), {"target": "x"})
    assert "ambiguous_times" in prepared.codes


def message(prepared: Prepared, code: str) -> str:
    (found,) = [w["message"] for w in prepared.warnings if w["code"] == code]
    return found


def test_dropped_text_that_is_mostly_dates_says_so_with_value_and_remedy() -> None:
    texts = [iso(m) if n % 10 else f"about {n} days ago" for n, m in enumerate(MOMENTS)]
    said = message(prepare(file_of("when", texts)), "dropped_identifier")
    assert "'when' not used: read as an identifier" in said
    assert "360 of 400 values are dates such as '2019-" in said
    assert "unlike 'about 0 days ago'" in said
    assert "leave empty" in said


def test_dropped_text_in_a_writing_that_is_not_read_says_so() -> None:
    texts = [m.strftime("%d. Januar %Y, %H:%M Uhr") for m in MOMENTS]
    said = message(prepare(file_of("when", texts)), "dropped_text")
    assert "400 of 400 values look like dates, but '01. Januar" in said
    assert "write 2024-01-31" in said


def test_dropped_text_that_is_mostly_numbers_says_so_and_others_do_not() -> None:
    texts = [f"{n / 7}" if n % 4 else f"code {n}" for n in range(400)]
    said = message(prepare(file_of("x", texts)), "dropped_identifier")
    assert "300 of 400 values are numbers, unlike 'code 0'" in said
    said = message(prepare(file_of("x", [f"code {n}" for n in range(400)])), "dropped_identifier")
    assert said.startswith("Column 'x' not used: an identifier")


def test_category_that_is_mostly_numbers_says_so_but_codes_do_not() -> None:
    many = [f"{n % 60}" if n % 9 else f"note {n % 7}" for n in range(400)]
    said = message(prepare(file_of("x", many)), "read_as_category")
    assert "355 of 400 values are numbers, unlike 'note 0'" in said
    few = [f"{n % 9}" if n % 9 else f"note {n % 7}" for n in range(400)]
    assert "read_as_category" not in prepare(file_of("x", few)).codes


def test_time_column_that_is_mostly_dates_is_refused_with_the_value() -> None:
    texts = [iso(m) if n % 10 else "unknown yet" for n, m in enumerate(MOMENTS)]
    with pytest.raises(SettingsError, match=r"360 of 400 values are dates.*unlike 'unknown yet'"):
        prepare(file_of("when", texts), {"split": {"time_column": "when"}})


@pytest.mark.parametrize("chunk_bytes", [97, 1009])
def test_times_any_chunk_size_make_the_same(chunk_bytes: int) -> None:
    lines = ["when,taken,at_time,created_at,odd,label"]
    for n, (moment, seconds) in enumerate(zip(MOMENTS[:120], SECONDS, strict=False)):
        odd = moment.strftime("%d-ene-%y") if n % 3 else f"note {n}"
        lines.append(
            f"{moment:%m/%d/%y %I:%M %p},{DURATIONS['hours'](seconds)},{moment:%H:%M},"
            f"{1_600_000_000 + n * 997},{odd},{n % 2}"
        )
    lines[50] = "31/31/31,soon,24:30,12,2024-13-45,1"
    data = "\n".join(lines).encode()
    settings = {"split": {"time_column": "when"}}
    assert outcome(data, chunk_bytes, settings) == outcome(data, 1 << 26, settings)

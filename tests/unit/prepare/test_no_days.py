"""What programs write for a day that they lack is missing, however often it stands there."""

import pandas as pd
import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS = 300
DAYS = [f"20{15 + n % 9}-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(ROWS)]
PLAIN = [day.replace("-", "") for day in DAYS]
SLASHES = ["/".join(reversed(day.split("-"))) for day in DAYS]
MOMENTS = [str(1_600_000_000 + n * 86_400) for n in range(ROWS)]


def of(name: str, values: list[str], chunk_bytes: int = 1 << 26) -> Prepared:
    lines = [f"{n * 7 % 31},{value},{n * 5 % 3 % 2}" for n, value in enumerate(values)]
    text = "\n".join([f"x,{name},y", *lines])
    return prepare(text.encode(), {"target": "y"}, chunk_bytes=chunk_bytes)


def mixed(values: list[str], text: str, every: int) -> list[str]:
    return [text if n % every == 0 else value for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("name", "values", "mark"),
    [
        ("order_date", PLAIN, "00000000"),
        ("order_date", PLAIN, "0"),
        ("ORDERDATE", PLAIN, "99999999"),
        ("valid_date", PLAIN, "99991231"),
        ("close_date", [f"{day}.0" for day in PLAIN], "0.0"),
        ("start", DAYS, "0000-00-00"),
        ("start", DAYS, "0000-00-00 00:00:00"),
        ("start", DAYS, "0"),
        ("start", SLASHES, "00/00/0000"),
        ("start", SLASHES, "99/99/9999"),
        ("last_login", MOMENTS, "0"),
        ("last_login", MOMENTS, "-1"),
    ],
)
@pytest.mark.parametrize("every", [2, 9])
def test_text_for_no_day_is_missing_and_named(
    name: str, values: list[str], mark: str, every: int
) -> None:
    run, twin = of(name, mixed(values, mark, every)), of(name, mixed(values, "", every))
    assert run.json("encoder.json")["features"] == twin.json("encoder.json")["features"]
    for split in ("train", "test"):
        pd.testing.assert_frame_equal(run.table(split), twin.table(split), check_dtype=False)
    (said,) = [w["message"] for w in run.warnings if w["code"] == "unread_values"]
    assert f"'{mark}'" in said
    small = of(name, mixed(values, mark, every), chunk_bytes=400)
    assert small.json("encoder.json") == run.json("encoder.json")


def test_zeros_alone_make_no_dates() -> None:
    run = of("update", mixed([str(n % 90) for n in range(ROWS)], "0", 2))
    assert {f["encoding"] for f in run.json("encoder.json")["features"]} == {"numeric"}


def test_numbers_beside_dates_are_no_missing_days() -> None:
    run = of("start", mixed(DAYS, "7", 3))
    assert {f["encoding"] for f in run.json("encoder.json")["features"]} != {"date", "numeric"}

"""What columns are found to hold, and what is said about it."""

import polars as pl
import pytest
import xgboost as xgb

from prepare.column_profile import profile_column
from prepare.columns import column_of
from prepare.merge import merge_columns
from prepare.notices import capped, listed, notice
from prepare.sketch import distinct, merge_sketches, sketch_of
from prepare.timeline import boundary, merge_timelines, timeline_of
from tests.unit.prepare.pipeline_run import prepare


@pytest.mark.parametrize(
    ("values", "kind", "style"),
    [
        (["1", "2", "3", "7", ""], "integer", "plain"),
        (["1.5", "2", "3", "NA"], "float", "plain"),
        (["1,234", "2,500.5", "7"], "float", "grouped"),
        (["$1", "$2", "$3"], "integer", "grouped"),
        (["1,5", "2,25", "3"], "float", "comma"),
        (["1.234,5", "2.000,25"], "float", "comma"),
        (["0", "1", "1"], "boolean", "plain"),
        (["yes", "no", "Yes", "NO"], "boolean", "plain"),
        (["red", "blue", "red"], "category", "plain"),
        (["1", "2", "A", "1"], "category", "plain"),
        (["2024-01-31", "2024-02-01"], "date", "iso"),
        (["2024-01-31T10:00:00+02:00", "2024-02-01 11:30"], "date", "iso"),
        (["31/01/2024", "02/03/2024"], "date", "dmy_slash"),
        (["01/31/2024", "02/03/2024"], "date", "mdy_slash"),
        (["01/02/2024", "02/03/2024"], "date", "mdy_slash"),
        (["31.01.2024", "01.02.2024"], "date", "dmy_dot"),
        (["31 Jan 2024", "1-Feb-2024"], "date", "day_name"),
        (["January 31, 2024", "Feb 1 2024"], "date", "name_day"),
        (["2024-01", "2024-02"], "date", "year_month"),
        (["x", "x"], "constant", "plain"),
        (["", "?"], "empty", "plain"),
        ([f"u{n:03d}" for n in range(50)], "identifier", "plain"),
        ([f"some words, number {n // 2} of many" for n in range(70)], "category", "plain"),
        ([f"{'a long text ' * 9}{n}" for n in range(50)], "text", "plain"),
        ([str(n) for n in range(1, 51)], "identifier", "plain"),
        ([str(n) for n in range(1950, 2000)], "integer", "plain"),
        ([str(n * n) for n in range(50)], "integer", "plain"),
    ],
)
def test_kind_follows_the_values(values: list[str], kind: str, style: str) -> None:
    found = profile_column(pl.Series(values))
    column = column_of("x", found, len(values))
    assert (column.kind, column.style) == (kind, style)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("user_id", "identifier"),
        ("UUID", "identifier"),
        ("orderId", "identifier"),
        ("paid", "integer"),
    ],
)
def test_whole_numbers_are_identifiers_by_name(name: str, kind: str) -> None:
    values = [str(n * 37 + 1000) for n in range(50)]
    assert column_of(name, profile_column(pl.Series(values)), 50).kind == kind


def test_column_profile_of_repeated_values_equals_that_of_each() -> None:
    values = ["1.5", "2", "", " 2", "x", "2024-01-05", "1,200"] * 4000
    whole = profile_column(pl.Series(values))
    parts = [profile_column(pl.Series(values[n : n + 700])) for n in range(0, len(values), 700)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merge_columns(merged, part)
    for style, numbers in whole["numbers"].items():
        # Sums in another order differ in their last digits.
        assert merged["numbers"][style].pop("mean") == pytest.approx(numbers.pop("mean"))
    assert merged == whole


@pytest.mark.parametrize("count", [999, 1001, 20_000, 300_000])
def test_distinct_is_exact_then_near(count: int) -> None:
    values = pl.Series([f"v{n}" for n in range(count)])
    halves = merge_sketches(sketch_of(values[: count // 2]), sketch_of(values[count // 3 :]))
    assert halves == sketch_of(values) or "counts" in halves
    error = abs(distinct(halves) / count - 1)
    assert error == 0 if count < 1000 else error < 0.15


def test_timeline_boundary_divides_near_the_share() -> None:
    ticks = pl.Series(range(0, 10_000_000, 250))
    parts = merge_timelines(timeline_of(ticks[:7_000]), timeline_of(ticks[7_000:]))
    assert parts == timeline_of(ticks)
    assert len(parts["counts"]) <= 4096
    assert boundary(parts, 0.7) == pytest.approx(7_000_000, rel=0.001)


def test_leaking_numbers_and_classes_are_named_and_others_not() -> None:
    lines = ["dollars,cents,noise,euros", *(f"{n * 1.1},{n % 7},{n % 13},{n}.5" for n in range(99))]
    found = prepare("\n".join(lines).encode()).warnings
    (leak,) = [w["message"] for w in found if w["code"] == "leakage"]
    assert "'dollars'" in leak
    assert "'cents'" not in leak
    assert "'noise'" not in leak


def test_warnings_are_capped_in_number_and_length() -> None:
    kept = capped(notice("x", f"{n} " + "long " * 99) for n in range(50))
    assert len(kept) == 20
    assert all(len(n["message"]) <= 300 for n in kept)
    assert kept[-1]["message"].startswith("31 further")
    assert capped([notice("x", "same"), notice("x", "same")]) == [notice("x", "same")]


def test_names_in_messages_are_made_harmless() -> None:
    assert listed(["a\nb", "c" * 100]) == f"'a\\nb', '{'c' * 59}…'"


# XGBoost says that it will no longer read text files itself; SageMaker's container lets it.
@pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated")
def test_numbers_kept_as_text_are_read_by_xgboost_as_python_does(tmp_path: object) -> None:
    texts = ["+3", "5.", ".5", "1E5", "-0.25", "1e-7", "007", "12345678901234567", "0.1" + "2" * 30]
    lines = ["a,b,label", *(f"{texts[n % 9]},{n % 5 + 1},{n % 2}" for n in range(90))]
    prepared = prepare("\n".join(lines).encode())
    path = f"{tmp_path}/train.csv"
    body = prepared.files("train")["part-00000.csv"]
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(body)
    read = xgb.DMatrix(f"{path}?format=csv&label_column=0").get_data().toarray()[:, 0]
    expected = [float(line.split(",")[1]) for line in body.decode().splitlines()]
    assert read.tolist() == pytest.approx(expected, rel=1e-6)


def test_id_column_called_row_does_not_hide_the_row_number() -> None:
    lines = ["row,a,label", *(f"r{n:03d},{n % 9},{n % 2}" for n in range(60))]
    truth = prepare("\n".join(lines).encode(), {"id_columns": ["row"]}).table("truth")
    assert list(truth.columns) == ["row", "label", "row_id"]
    assert [f"r{n - 1:03d}" for n in truth["row"]] == list(truth["row_id"])

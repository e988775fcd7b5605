"""What columns are found to hold, and what is said about it."""

import polars as pl
import pytest
import xgboost as xgb

from pipeline.notices import capped, notice
from pipeline.wording import listed
from table.columns.kind import column_of
from table.profiling.column import profile_column
from table.profiling.merge import merge_columns
from table.profiling.timeline import boundary, merge_timelines, timeline_of
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
        ([str(n) for n in range(10_000, 10_060)], "identifier", "plain"),
        ([str(n) for n in range(10_000, 10_060) if n % 9], "identifier", "plain"),
        ([str(n) for n in range(10_000, 10_600) if not n % 9], "integer", "plain"),
        ([str(n) for n in range(-30, 30)], "integer", "plain"),
        ([f"called {n} times about it" for n in range(50)], "text", "plain"),
        ([f"Jane Doe {n}" if n % 4 else f"Doe{n}" for n in range(50)], "text", "plain"),
        ([f"Jane Doe{n}" for n in range(50)], "identifier", "plain"),
        (["03-04-2024", "05-06-2024"], "date", "dmy_dash"),
        (["03-04-2024", "05-16-2024"], "date", "mdy_dash"),
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
        ("Kunden-Nr", "identifier"),
        ("order no.", "identifier"),
        ("accountNumber", "identifier"),
        ("Kundennummer", "identifier"),
        ("session_key", "identifier"),
        ("paid", "integer"),
        ("monkey", "integer"),
        ("year", "integer"),
        ("rooms_total", "integer"),
    ],
)
def test_whole_numbers_are_identifiers_by_name(name: str, kind: str) -> None:
    values = [str(n * 37 + 1000) for n in range(50)]
    assert column_of(name, profile_column(pl.Series(values)), 50).kind == kind


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        # NO may be a gas and num a count, so one pair of equal values rules keys out.
        ("NO", [*range(7, 700, 7), 7], "integer"),
        ("customer_id", [*range(7, 700, 7), 7], "identifier"),
        # Time counts as row numbers do.
        ("week", list(range(1, 60)), "integer"),
        ("startTime", list(range(4000, 4100)), "integer"),
        ("YEAR", list(range(1400, 1600)), "integer"),
        ("sunspots", list(range(1700, 2009)), "integer"),
        ("customer", list(range(1700, 2209)), "identifier"),
    ],
)
def test_keys_are_told_from_times_and_measurements(name: str, values: list[int], kind: str) -> None:
    texts = pl.Series([str(n) for n in values])
    assert column_of(name, profile_column(texts), len(texts)).kind == kind


@pytest.mark.parametrize(
    ("dates", "style", "warned"),
    [
        (["03/04/2024", "05/06/2024"], "mdy_slash", True),
        (["03/04/2024", "25/06/2024"], "dmy_slash", False),
        (["03/04/2024", "06/25/2024"], "mdy_slash", False),
        (["03-04-2024", "05-06-2024"], "dmy_dash", True),
        (["2024-03-04", "2024-05-06"], "iso", False),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 200])
def test_dates_whose_day_and_month_could_change_places_are_named(
    dates: list[str], style: str, warned: bool, chunk_bytes: int
) -> None:
    lines = ["when,b,label", *(f"{dates[n % 2]},{n % 7},{n % 2}" for n in range(60))]
    prepared = prepare("\n".join(lines).encode(), chunk_bytes=chunk_bytes)
    features = prepared.json("encoder.json")["features"]
    assert {f["style"] for f in features if f["column"] == "when"} == {style}
    found = [w["message"] for w in prepared.warnings if w["code"] == "ambiguous_dates"]
    assert bool(found) is warned
    assert all("'when'" in message for message in found)


def test_column_profile_of_repeated_values_equals_that_of_each() -> None:
    values = ["1.5", "2", "", " 2", "x", "2024-01-05", "1,200", "1.234"] * 4000
    whole = profile_column(pl.Series(values))
    parts = [profile_column(pl.Series(values[n : n + 700])) for n in range(0, len(values), 700)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merge_columns(merged, part)
    for one, other in ((whole["numbers"], merged["numbers"]), (whole["signs"], merged["signs"])):
        for name, numbers in one.items():
            # Sums in another order differ in their last digits.
            assert other[name].pop("mean") == pytest.approx(numbers.pop("mean"))
    assert merged == whole


def test_timeline_boundary_divides_near_the_share() -> None:
    ticks = pl.Series(range(0, 10_000_000, 250))
    parts = merge_timelines(timeline_of(ticks[:7_000]), timeline_of(ticks[7_000:]))
    assert parts == timeline_of(ticks)
    assert len(parts["counts"]) <= 4096
    assert boundary(parts, 0.7) == pytest.approx(7_000_000, rel=0.001)


@pytest.mark.parametrize(("share", "told"), [(1.0, True), (0.9, False)])
def test_column_that_is_filled_in_for_one_class_only_is_a_leak(share: float, told: bool) -> None:
    lines = ["age,closed,y"]
    for n in range(400):
        gone = n * 7 % 5 > 2
        known = gone if n < share * 400 else not gone
        lines.append(f"{n % 61},{f'2024-01-{n % 28 + 1:02d}' if known else ''},{int(gone)}")
    found = prepare("\n".join(lines).encode(), {"target": "y"}).warnings
    said = [w["message"] for w in found if w["code"] == "target_given_away"]
    assert bool(said) is told
    assert all("Whether 'closed' is empty almost tells the target 'y'" in text for text in said)


def test_leaking_numbers_and_classes_are_named_and_others_not() -> None:
    lines = ["dollars,cents,noise,euros", *(f"{n * 1.1},{n % 7},{n % 13},{n}.5" for n in range(99))]
    found = prepare("\n".join(lines).encode()).warnings
    (leak,) = [w["message"] for w in found if w["code"] == "target_given_away"]
    assert leak.startswith("Column 'dollars' alone tells 100 % of how the values of 'euros' rank.")


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


def test_identifiers_go_along_to_the_truth_and_are_not_trained_on() -> None:
    names = ["a_id", "row", "mail", "row_id", "b", "label"]
    lines = [",".join(names)]
    lines += [f"{n + 500},{n},{n}@x.org,{n * 3},{n % 9},{n % 2}" for n in range(60)]
    data = "\n".join(lines).encode()
    prepared = prepare(data)
    encoder = prepared.json("encoder.json")
    assert encoder["id_columns"] == ["a_id", "row", "mail"]
    assert {f["column"] for f in encoder["features"]} == {"b"}
    truth = prepared.table("truth")
    assert list(truth.columns) == ["row", "label", "a_id", "row_id", "mail"]
    assert [f"{n - 1}@x.org" for n in truth["row"]] == list(truth["mail"])
    chosen = prepare(data, {"id_columns": ["row_id", "row"], "drop_columns": ["a_id"]})
    assert chosen.json("encoder.json")["id_columns"] == ["row_id", "row", "mail"]
    columns = list(chosen.table("truth").columns)
    assert columns == ["row", "label", "row_id", "row_id_", "mail"]


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 300])
def test_whole_regression_values_stay_whole_in_the_truth(chunk_bytes: int) -> None:
    for values, written in ((["925353", "1000.0"], "925353"), (["7.5", "925353"], "925353.0")):
        lines = ["a,label", *(f"{n % 7},{values[n % 2]}" for n in range(100))]
        settings = {"task": "regression"}
        files = prepare("\n".join(lines).encode(), settings, chunk_bytes=chunk_bytes)
        labels = {
            line.split(",")[1]
            for body in files.files("truth").values()
            for line in body.decode().splitlines()[1:]
        }
        assert written in labels
        assert all(("." in label) == ("." in written) for label in labels)

"""Frames and dicts are read by type: what a value is counts, and not how it would be written."""

import datetime as dt
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropforge.errors import RowsUnreadableError
from dropforge.model.model import Model, RowsWarning
from dropforge.model.parts import parts_of
from pipeline.documents.encoder import by_column
from tests.unit.model.made import Made

HEADER = "age;plan;since;ratio;active;zip;mixed;took;clock;left"


def line(n: int) -> str:
    """Write a row as programs in Germany do: decimal commas, days first."""
    plan = ["gold", "basic", "1"][n % 3]
    ratio = f"{n % 9 + 1}.{n % 900 + 100:03d},{n % 10}"
    zip_code = f"0{n % 15 + 1:02d}" if n % 2 else "north"
    mixed = ["1", "2", "other"][n % 3]
    return (
        f"{n % 70};{plan};{n % 28 + 1:02d}.{n % 12 + 1:02d}.2024;{ratio};"
        f"{'ja' if n % 4 else 'nein'};{zip_code};{mixed};{n % 50}:{n % 60:02d}:00;"
        f"{n % 24:02d}:{n % 60:02d};{int(n % 70 > 35) if n % 5 else n % 2}"
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    data = "\n".join([HEADER, *map(line, range(600))]).encode()
    return Made(tmp_path_factory.mktemp("model"), data, {"target": "left"})


@pytest.fixture(scope="module")
def model(made: Made) -> Model:
    return made.load()


def features(model: Model, column: str, value: Any) -> dict[str, float | None]:
    """Return what a column's value becomes, all others missing."""
    row = dict.fromkeys(model.columns) | {column: value}
    names = [f["name"] for f in model._encoder["features"] if f["column"] == column]
    encoded = model.encode(row).row(0, named=True)
    return {name: encoded[name] for name in names}


def test_the_file_has_every_kind_of_encoding(model: Model) -> None:
    first = {name: features[0] for name, features in by_column(model._encoder["features"]).items()}
    kinds = {name: (feature["encoding"], feature.get("style")) for name, feature in first.items()}
    assert kinds == {
        "age": ("numeric", "plain"),
        "plan": ("one_hot", None),
        "since": ("date", "dmy_dot"),
        "ratio": ("numeric", "comma"),
        "active": ("boolean", None),
        "zip": ("frequency_rank", None),
        "mixed": ("one_hot", None),
        "took": ("numeric", "duration"),
        "clock": ("numeric", "clock"),
    }


SAME: list[tuple[str, str, list[Any]]] = [
    ("age", "41", [41, 41.0, np.int32(41), np.float32(41), np.uint8(41), Decimal("41"), " 41 "]),
    ("age", "1", [True, np.bool_(True)]),
    ("age", "", [None, float("nan"), np.nan, pd.NA, pd.NaT, "", "n/a", Decimal("nan")]),
    # A number is no text: as one, 1.234 would be 1234 where commas part decimals.
    ("ratio", "1,234", [1.234, Decimal("1.234"), np.float64(1.234)]),
    ("ratio", "1.234,5", [1234.5, "1234.5", "1.234,5"]),
    ("plan", "1", [1, 1.0, np.int64(1), Decimal("1.0")]),
    ("plan", "gold", ["gold", " gold", np.str_("gold")]),
    # Programs read 007 as 7.
    ("zip", "007", [7, 7.0, "007"]),
    ("mixed", "2", [2, 2.0, "2"]),
    ("active", "ja", [True, np.bool_(True), "ja"]),
    ("active", "nein", [False, "nein"]),
    (
        "since",
        "31.01.2024",
        [
            dt.date(2024, 1, 31),
            dt.datetime(2024, 1, 31, 13, 5),
            pd.Timestamp("2024-01-31 13:05:01.123456789"),
            np.datetime64("2024-01-31T13:05:01.123456789"),
            np.datetime64("2024-01-31"),
            # 23:30 in New York is the next day in UTC, as a text with a zone is read.
            dt.datetime(2024, 1, 30, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5))),
            "2024-01-31",
        ],
    ),
    (
        "took",
        "1:30:00",
        [dt.timedelta(minutes=90), pd.Timedelta("90min"), np.timedelta64(90, "m"), dt.time(1, 30)],
    ),
    ("clock", "13:45", [dt.time(13, 45), "1:45 PM"]),
]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [(column, text, value) for column, text, values in SAME for value in values],
    ids=lambda value: f"{type(value).__name__} {value!r}"[:40],
)
def test_a_value_of_any_type_is_what_its_text_is_in_a_file(
    made: Made, model: Model, tmp_path: Path, column: str, text: str, value: Any
) -> None:
    file = tmp_path / "row.csv"
    row = line(3).split(";")
    row[HEADER.split(";").index(column)] = text
    # A file of one row leaves the decimal sign open; a second one tells it.
    file.write_text("\n".join([HEADER, ";".join(row), line(4)]))
    expected = model.encode(file).row(0, named=True)
    found = features(model, column, value)
    assert found == {name: expected[name] for name in found}


STRAYS: list[tuple[str, Any]] = [
    ("age", "about 40"),
    ("age", float("inf")),
    ("age", 1e39),
    ("age", dt.date(2024, 1, 31)),
    ("age", dt.timedelta(1)),
    ("since", 2024),
    ("since", "someday"),
    ("since", True),
    ("plan", "platinum"),
    ("plan", 3),
    ("active", "maybe"),
    ("zip", 99),
    ("took", 5400),
    ("clock", 5400.0),
]


@pytest.mark.parametrize(("column", "value"), STRAYS, ids=str)
def test_a_value_that_says_nothing_to_the_model_is_warned_of_by_column_and_count(
    model: Model, column: str, value: Any
) -> None:
    rows = [dict.fromkeys(model.columns) | {column: value}] * 2
    with pytest.warns(RowsWarning, match=f"column '{column}': 2 values") as caught:
        model.predict(rows)
    assert len(caught) == 1
    known = model.encode(rows[:1]).row(0, named=True)
    nothing = features(model, column, None)
    if column != "zip":
        assert {name: known[name] for name in nothing} == nothing
    # The warning points at who called.
    assert caught[0].filename == __file__


def test_missing_values_are_not_warned_of(model: Model) -> None:
    row = dict.fromkeys(model.columns)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict([row, {**row, "age": "NA", "plan": float("nan"), "since": pd.NaT}])


@pytest.mark.parametrize("value", [[1], (1, 2), b"41", {"a": 1}, np.array([1, 2]), object()])
def test_a_value_that_no_field_holds_is_refused_by_column(model: Model, value: Any) -> None:
    said = "a dict is one row" if isinstance(value, list | tuple) else "column 'age' holds"
    with pytest.raises(RowsUnreadableError, match=said):
        model.predict(dict.fromkeys(model.columns) | {"age": value})


def frames(made: Made) -> dict[str, Any]:
    typed = pl.read_csv(made.file, separator=";", schema_overrides={"ratio": pl.String})
    comma = pl.col("ratio").str.replace(".", "", literal=True).str.replace(",", ".", literal=True)
    typed = typed.with_columns(
        comma.cast(pl.Float64), pl.col("since").str.to_date("%d.%m.%Y"), pl.col("plan")
    )
    plain = pd.DataFrame({name: typed[name].to_list() for name in typed.columns})
    return {
        "polars": typed,
        "polars of texts": pl.read_csv(made.file, separator=";", infer_schema=False),
        "polars lazily": typed.lazy(),
        "polars of categories": typed.with_columns(
            pl.col("plan", "zip").cast(pl.Categorical),
            pl.col("mixed").cast(pl.Enum(["1", "2", "other"])),
        ),
        "pandas": plain,
        "pandas read": pd.read_csv(made.file, sep=";", decimal=","),
        "pandas of nullables": plain.astype({"age": "Int64", "plan": "string", "ratio": "Float64"}),
        "pandas of objects": plain.astype(object),
        "pandas of categories": plain.astype({"plan": "category", "zip": "category"}),
        "pandas of times": plain.assign(since=pd.to_datetime(plain["since"])),
        "dicts": typed.to_dicts(),
    }


@pytest.mark.parametrize("kind", [
    "polars", "polars of texts", "polars lazily", "polars of categories", "pandas", "pandas read",
    "pandas of nullables", "pandas of objects", "pandas of categories", "pandas of times", "dicts",
])  # fmt: skip
def test_every_kind_of_rows_is_encoded_as_the_file(made: Made, model: Model, kind: str) -> None:
    assert model.encode(frames(made)[kind]).equals(model.encode(made.file))


def test_the_same_kind_comes_back(made: Made, model: Model) -> None:
    every = frames(made)
    of_file = model.predict(made.file)
    frame = every["pandas"].set_index(pd.Index(range(600, 0, -1), name="row"))
    back = model.predict(frame.iloc[5:9], reasons=2)
    assert isinstance(back, pd.DataFrame)
    assert list(back.index) == [595, 594, 593, 592]
    assert list(back) == [
        "prediction", "probability", "probability_0", "probability_1", "reason_1", "reason_2",
    ]  # fmt: skip
    assert back["probability_1"].tolist() == of_file["probability_1"][5:9].to_list()
    assert isinstance(model.predict(every["polars lazily"]), pl.DataFrame)
    rows = every["dicts"]
    one = model.predict(rows[0])
    assert one == of_file.row(0, named=True)
    assert model.predict(rows[:3]) == of_file.head(3).to_dicts()
    assert model.predict(frame.iloc[0]).to_dict() == one
    assert model.predict(frame.iloc[0]).name == 600


@pytest.mark.parametrize("kind", ["polars", "pandas", "dicts"])
def test_no_rows_give_no_predictions(made: Made, model: Model, kind: str) -> None:
    rows = frames(made)[kind][:0]
    found = model.predict(rows, reasons=1)
    assert len(found) == 0
    assert type(found) is type(rows)
    if kind != "dicts":
        assert list(found.columns) == [
            "prediction", "probability", "probability_0", "probability_1", "reason_1",
        ]  # fmt: skip


def test_a_key_that_some_dicts_lack_is_missing_there(model: Model) -> None:
    row = dict.fromkeys(model.columns) | {"age": 50, "plan": "gold"}
    short = {name: value for name, value in row.items() if name != "plan"}
    whole = model.predict([row, {**row, "plan": None}])
    assert model.predict([row, short]) == whole


@settings(max_examples=60)
@given(st.lists(st.floats(-1e38, 1e38), min_size=1, max_size=8))
def test_a_float64_is_itself_and_a_float32_its_own_value(values: list[float]) -> None:
    (part,) = parts_of(pl.Series(values, dtype=pl.Float64), "x")
    assert part.values.cast(pl.Float64).to_list() == values
    assert [float(text) for text in part.values] == values
    short = np.array(values).astype(np.float32)
    (part,) = parts_of(pl.Series(short), "x")
    assert [float(text) for text in part.values if text] == [float(v) for v in short]
    (part,) = parts_of(values, "x")
    assert [float(text) for text in part.values] == values


def test_numbers_as_csv_writes_them_are_the_numbers_of_the_frame(model: Model) -> None:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(dict.fromkeys(model.columns), index=range(50)).astype(object)
    frame["ratio"] = draw.normal(size=50) * 10.0 ** draw.integers(-8, 9, 50)
    frame["age"] = draw.integers(-5, 10**9, 50)
    plain = frame[["ratio", "age"]].to_csv(index=False)
    read = [float(one.split(",")[0]) for one in plain.splitlines()[1:]]
    assert read == model.encode(frame)["ratio"].to_list()


def test_times_with_a_zone_are_read_in_utc(model: Model) -> None:
    moments = [dt.datetime(2024, 1, 30, 23, 30), dt.datetime(2024, 5, 1, 1, 0)]
    row = dict.fromkeys(model.columns)
    expected = model.encode([row | {"since": day} for day in ("2024-01-31", "2024-05-01")])
    zoned = pl.Series("since", moments).dt.replace_time_zone("America/New_York")
    frame = pl.DataFrame([row] * 2, schema=dict.fromkeys(row, pl.String)).with_columns(zoned)
    assert model.encode(frame).equals(expected)
    pandas = pd.DataFrame([row] * 2).assign(
        since=pd.to_datetime(moments).tz_localize("America/New_York")
    )
    assert model.encode(pandas).equals(expected)


def test_what_the_settings_call_missing_is_looked_for_in_what_was_given(tmp_path: Path) -> None:
    said = {"missing_values": {"price": ["1234", "unbekannt"]}, "target": "y"}
    prices = ["1.234", "1,5", "2.345,5", "unbekannt", "77"]
    lines = [f"{prices[n % 5]};{n % 9};{n % 2}" for n in range(300)]
    made = Made(tmp_path, "\n".join(["price;x;y", *lines]).encode(), said)
    model = made.load()
    first = model.encode(made.file)["price"].head(5).to_list()
    assert first == [1234.0, 1.5, 2345.5, None, 77.0]
    values = [*prices, "1234", 1234, 1234.0, Decimal(1234), 1235]
    found = model.encode([{"price": value, "x": 1} for value in values])["price"].to_list()
    assert found == [*first, None, None, None, None, 1235.0]
    # Neither are they unreadable.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(made.file)
        model.predict([{"price": value, "x": 1} for value in values])

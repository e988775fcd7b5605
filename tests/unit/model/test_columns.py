"""Columns are found by name, in any order; what is missing is named all at once."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from dropforge.errors import RowsUnreadableError
from dropforge.model.model import Model, RowsWarning
from pipeline.errors import ColumnMismatchError, EmptyFileError, NotCsvError, RowsUnusableError
from tests.unit.model.made import Made

ROWS = [f"C-{n},{n % 70},{n * 7 % 13},{['gold', 'basic'][n % 2]},{n % 3 > 0}" for n in range(200)]
HEADER = "customer,age,monthly visits,plan,left"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    settings = {"target": "left", "id_columns": ["customer"]}
    data = "\n".join([HEADER, *ROWS]).encode()
    return Made(tmp_path_factory.mktemp("model"), data, settings)


@pytest.fixture(scope="module")
def model(made: Made) -> Model:
    return made.load()


@pytest.fixture
def frame() -> pd.DataFrame:
    rows = {"age": [31, 62], "monthly visits": [4, 0], "plan": ["gold", "basic"]}
    return pd.DataFrame(rows)


def test_attributes_say_what_the_model_takes_and_gives(model: Model, made: Made) -> None:
    assert model.columns == ["age", "monthly visits", "plan"]
    assert model.known == HEADER.split(",")
    assert model.features == ["age", "monthly visits", "plan=gold"]
    assert (model.target, model.task, model.classes) == ("left", "binary", ["False", "True"])
    assert model.run is None
    assert repr(model) == "<dropforge model: 'left' (binary) from 3 columns>"
    assert {f["name"] for f in made.encoder["features"]} == set(model.features)


def test_order_and_blanks_of_names_do_not_matter(model: Model, frame: pd.DataFrame) -> None:
    expected = model.predict(frame)
    assert model.predict(frame[frame.columns[::-1]]).equals(expected)
    assert model.predict(frame.rename(columns={"age": " age "})).equals(expected)


def test_a_name_goes_before_the_same_one_with_blanks(model: Model, frame: pd.DataFrame) -> None:
    more = pd.concat([frame, pd.DataFrame({" age ": [99, 98]})], axis=1)
    assert model.predict(more).equals(model.predict(frame))
    assert model.predict(more[more.columns[::-1]]).equals(model.predict(frame))


def test_extra_columns_are_ignored_and_listed(model: Model, frame: pd.DataFrame) -> None:
    expected = model.predict(frame)
    assert model.ignored == []
    more = frame.assign(mood="good", left=True, customer="C-1", age2=0)
    assert model.predict(more).equals(expected)
    assert model.ignored == ["mood", "age2"]
    model.predict(frame)
    assert model.ignored == []


def test_missing_columns_are_named_all_at_once_with_the_nearest_names(
    model: Model, frame: pd.DataFrame
) -> None:
    other = frame.rename(columns={"age": "Age", "monthly visits": "monthly_visits", "plan": "fee"})
    with pytest.raises(ColumnMismatchError) as caught:
        model.predict(other)
    assert str(caught.value) == (
        "the frame lacks 3 columns of the model: 'age' (is it 'Age'?), 'monthly visits' (is it "
        "'monthly_visits'?), 'plan'; it has 'Age', 'monthly_visits', 'fee'. Name the columns as "
        "in the file that the model was trained on, and give None where a value is not known"
    )


def test_a_missing_column_that_is_the_index_is_told_from_one_that_is_not_there(
    model: Model, frame: pd.DataFrame
) -> None:
    with pytest.raises(ColumnMismatchError, match=r"whose index is age \(reset_index\(\)"):
        model.predict(frame.set_index("age"))


def test_a_column_that_was_encoded_by_hand_is_asked_for_as_it_was(
    model: Model, frame: pd.DataFrame
) -> None:
    with pytest.raises(ColumnMismatchError) as caught:
        model.predict(pd.get_dummies(frame, columns=["plan"]))
    assert "'plan' (the model encodes it itself: give it as it was before 'plan_basic')" in str(
        caught.value
    )


def test_a_column_alone_is_told_from_a_row(model: Model, frame: pd.DataFrame) -> None:
    with pytest.raises(ColumnMismatchError, match="taken for one row and no column, lacks"):
        model.predict(frame["age"])


def test_a_column_that_is_there_twice_is_refused(model: Model, frame: pd.DataFrame) -> None:
    twice = pd.concat([frame, frame[["age"]]], axis=1)
    with pytest.raises(ColumnMismatchError, match="'age' more than once"):
        model.predict(twice)
    # Of others it does not matter.
    other = pd.concat([frame.assign(x=1), pd.DataFrame({"x": [1, 2]})], axis=1)
    assert model.predict(other).equals(model.predict(frame))


def test_names_that_are_no_texts_are_taken_as_their_text(tmp_path: Path) -> None:
    data = "\n".join(["0,1,y", *(f"{n % 7},{n % 5},{n % 2}" for n in range(100))])
    model = Made(tmp_path, data.encode(), {"target": "y"}).load()
    found = model.predict(pd.DataFrame(np.array([[1.0, 2.0]])))
    assert found.equals(model.predict(pd.DataFrame({"0": [1], "1": [2]})))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (np.zeros((2, 3)), r"does not name its columns.*columns=model.columns"),
        ({"age": [1, 2], "monthly visits": [1, 2], "plan": ["gold", "gold"]}, "a dict is one row"),
        ("age,plan\n1,gold\n", "path of a CSV file"),
        (41, "int is nothing that can be predicted"),
        ([[1, 2, "gold"]], r"list of values does not name its columns.*columns=model.columns"),
        (None, "NoneType is nothing"),
    ],
)
def test_what_has_no_columns_is_refused_with_what_to_give(
    model: Model, rows: object, says: str
) -> None:
    with pytest.raises(RowsUnreadableError, match=says):
        model.predict(rows)


@pytest.mark.parametrize("reasons", [-1, 1.5, True, "3"])
def test_reasons_are_a_number(model: Model, frame: pd.DataFrame, reasons: object) -> None:
    with pytest.raises(ValueError, match="whole number from 0 on"):
        model.predict(frame, reasons=reasons)  # type: ignore[arg-type]


def test_a_file_that_is_not_there_is_pythons_own_error(model: Model) -> None:
    with pytest.raises(FileNotFoundError):
        model.predict("no-such-file.csv")


def test_records_that_are_no_rows_are_rows_of_nothing_in_their_place(
    model: Model, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    good = [line.rpartition(",")[0] for line in ROWS[:40]]
    header = HEADER.rpartition(",")[0]
    file.write_text("\n".join([header, *good[:3], "C-3,x", *good[3:20], header, *good[20:]]))
    with pytest.warns(RowsWarning, match="2 records could not be read"):
        found = model.predict(file, reasons=1)
    assert found.height == 42
    assert [row for row in range(42) if found["prediction"][row] is None] == [3, 21]
    assert found["reason_1"].null_count() == 2
    file.write_text("\n".join([header, *good]))
    assert found.drop_nulls("prediction").equals(model.predict(file, reasons=1))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyFileError),
        (b"age,monthly visits,plan\n", EmptyFileError),
        (b"age,monthly visits,plan\n1,2,\x00\n", NotCsvError),
        (b'age,monthly visits,plan\n1,2,"go\n3,4,a\nb,5,6\n', NotCsvError),
        (b"age,monthly visits,plan\n1,2\n3\n", RowsUnusableError),
        (b"PK\x03\x04", NotCsvError),
        (b"Age,visits,plan\n1,2,gold\n", ColumnMismatchError),
    ],
)
def test_a_file_that_is_no_table_of_the_models_columns_is_refused(
    model: Model, tmp_path: Path, body: bytes, error: type[Exception]
) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(body)
    with pytest.raises(error, match=r"rows\.csv"):
        model.predict(file)


def test_a_header_of_texts_over_texts_is_known_by_the_columns_of_the_model(tmp_path: Path) -> None:
    words = ["red", "blue", "green"]
    lines = [f"{words[n % 3]},{words[n % 2]},{n % 2}" for n in range(120)]
    made = Made(tmp_path, "\n".join(["first,second,y", *lines]).encode(), {"target": "y"})
    file = tmp_path / "new.csv"
    file.write_text("first,second\n" + "red,blue\n" * 8)
    assert made.load().predict(file).height == 8


def test_without_a_header_the_columns_are_told_by_position_with_and_without_the_target(
    tmp_path: Path,
) -> None:
    lines = [f"{n % 2},{n % 7}.5,{n % 5 + n % 2}.25" for n in range(120)]
    made = Made(tmp_path, "\n".join(lines).encode(), {"target": "column_1"})
    model = made.load()
    without = tmp_path / "new.csv"
    without.write_text("\n".join(line.partition(",")[2] for line in lines))
    assert model.predict(without).equals(model.predict(made.file))
    without.write_text("\n".join(f"1,2,{line}" for line in lines))
    with pytest.raises(ColumnMismatchError, match="5 columns and no header"):
        model.predict(without)


def test_a_file_of_another_dialect_is_read_by_its_own_signs(tmp_path: Path) -> None:
    lines = [
        f"{n % 9}.{n % 90 + 10},2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n % 2}" for n in range(300)
    ]
    made = Made(tmp_path, "\n".join(["price,since,y", *lines]).encode(), {"target": "y"})
    frame = pl.read_csv(made.file, infer_schema=False)
    german = frame.with_columns(
        pl.col("price").str.replace(".", ",", literal=True),
        pl.col("since").str.to_date().dt.to_string("%d.%m.%Y"),
    )
    file = tmp_path / "german.csv"
    german.write_csv(file, separator=";")
    model = made.load()
    assert model.encode(file).equals(model.encode(made.file))
    assert json.loads((tmp_path / "encoder.json").read_text())["dialect"]["delimiter"] == ","


def test_a_file_most_of_whose_numbers_cannot_be_read_is_refused_and_a_few_are_warned_of(
    model: Model, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    good = [line.rpartition(",")[0] for line in ROWS]
    header = HEADER.rpartition(",")[0]
    file.write_text("\n".join([header, "C-1,old,3,gold", "C-1,2,3,lead", *good]))
    with pytest.warns(RowsWarning) as caught:
        model.predict(file)
    said = [str(one.message) for one in caught]
    assert len(said) == 2
    assert said[0].startswith("Column 'age': 1 value ('old') could not be read")
    assert said[1].startswith("column 'plan': 1 value not seen in training")
    file.write_text("\n".join([header, *("C-1,old,3,gold" for _ in range(50))]))
    with pytest.raises(ColumnMismatchError, match="50 of 50 values of 'age'"):
        model.predict(file)


def test_records_behind_the_first_quote_keep_their_place(model: Model, tmp_path: Path) -> None:
    """Up to there a file is read in two pieces."""
    good = [line.rpartition(",")[0] for line in ROWS[:40]]
    quoted = [f'"{good[5].replace(",", chr(34) + "," + chr(34))}"', '"C\n7",1,2,gold']
    file = tmp_path / "rows.csv"
    lines = [HEADER.rpartition(",")[0], *good[:5], *quoted, *good[7:20], "C-20,x", *good[21:]]
    file.write_text("\n".join(lines))
    with pytest.warns(RowsWarning, match="1 record could not be read"):
        found = model.predict(file)
    assert [row for row in range(40) if found["prediction"][row] is None] == [20]
    file.write_text("\n".join([HEADER.rpartition(",")[0], *good]))
    expected = model.predict(file)
    same = [row for row in range(40) if row not in (6, 7, 20)]
    assert found[same].equals(expected[same])

"""New rows in the inbox are refused with the words where they belong; all else goes on."""

from typing import Any

import pytest

from pipeline.errors import SettingsError, TargetMissingError, TargetUnusableError
from tests.unit.prepare.pipeline_run import Prepared, compare_again, prepare

ROWS = 120
TRAINED = ["id", "age", "plan", "left"]


def cell(name: str, n: int) -> str:
    """Return what a column of that kind holds: the digits and marks of its name are its own."""
    kind = "".join(c for c in name.lower() if c.isalpha())
    return {
        "id": f"k-{n:05d}",
        "age": f"{n * 7 % 61 + 18}",
        "plan": ("basic", "plus", "pro")[n * 5 % 7 % 3],
        "left": ("no", "yes")[n * 11 % 13 % 2],
        "empty": "",
        "unknown": "?",
        "note": f"{n * 3 % 17}",
    }.get(kind, f"{n % 9}")


def table(names: list[str], *, rows: int = ROWS, holding: list[str] | None = None) -> bytes:
    """Write a file; `holding` are the kinds of its columns, where the names do not tell."""
    lines = [",".join(names)] if names else []
    kinds = holding or names
    lines += [",".join(cell(kind, n) for kind in kinds) for n in range(rows)]
    return "\n".join(lines).encode()


def dropped(
    second: bytes,
    first: bytes | None = None,
    settings: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> Prepared:
    """Drop a file into a dataset that has a champion, which was trained on `first`."""
    trained = prepare(first or table(TRAINED), before, name="inbox/churn/2.csv", run="churn-1")
    key = f"{trained.plan['prefix']}/encoder.json"
    return prepare(
        second,
        settings,
        champion={"found": True, "encoder_key": key},
        s3=trained.s3,
        name="inbox/churn/may new.csv",
        run="churn-2",
    )


WHERE = (
    "drop it as score/churn/may new.csv instead, or run dropforge score 'may new.csv' "
    "--dataset churn"
)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["id", "age", "plan"], id="all but the target"),
        pytest.param(["plan", "age", "id"], id="the identifier last"),
        pytest.param(["age", "plan"], id="without the identifier"),
        pytest.param(["note", "id", "age", "plan"], id="with a column that is no target"),
    ],
)
@pytest.mark.parametrize("rows", [3, 49])
def test_file_without_the_target_is_refused_and_told_where_to_go(
    names: list[str], rows: int
) -> None:
    with pytest.raises(TargetMissingError) as caught:
        dropped(table(names, rows=rows))
    message = str(caught.value)
    assert message.startswith(
        "may new.csv has all 2 columns that the approved model of churn predicts from, but not "
        "its target, 'left'."
    )
    assert WHERE in message
    assert "add 'left', or name another column as \"target\"" in message


def test_file_that_lacks_the_last_column_and_has_no_header_is_refused() -> None:
    first = table([], holding=["age", "plan", "note", "left"])
    second = table([], holding=["age", "plan", "note"])
    with pytest.raises(TargetMissingError, match="but not its target, 'column_4'"):
        dropped(second, first)


def test_file_that_lacks_the_labels_in_front_and_has_no_header_is_refused() -> None:
    first = table([], holding=["left", "age", "note", "age2"])
    assert dropped(first, first).fit["target"] == "column_1"
    with pytest.raises(TargetMissingError, match="but not its target, 'column_1'"):
        dropped(table([], holding=["age", "note", "age2"]), first)
    # A column less, but with labels in front: it lacks another column, and is trained on.
    assert dropped(table([], holding=["left", "note", "age"]), first).fit["target"] == "column_1"


@pytest.mark.parametrize(
    ("names", "target"),
    [
        pytest.param(["id", "age", "plan", "churned"], "churned", id="the target renamed"),
        pytest.param(["id", "age", "plan", "Left"], "Left", id="the target in capitals"),
        pytest.param(["id", "age", "plan", " left "], "left", id="the target with blanks"),
        pytest.param(["LEFT", "id", "age", "plan"], "plan", id="in capitals elsewhere"),
        pytest.param(["left", "id", "age", "plan"], "plan", id="the target elsewhere"),
        pytest.param(["id", "age", "label"], "label", id="a target by name, and a feature gone"),
        pytest.param(["id", "note", "plan"], "plan", id="a feature gone"),
    ],
)
def test_file_that_may_have_its_target_is_trained_on_as_ever(names: list[str], target: str) -> None:
    assert dropped(table(names, rows=ROWS)).fit["target"] == target


def test_target_that_a_person_names_counts() -> None:
    run = dropped(table(["id", "age", "plan"]), settings={"target": "plan"})
    assert run.fit["target"] == "plan"
    assert "its target is 'left'" in run.fit["champion"]["reason"]


def test_file_without_the_target_in_a_dataset_without_a_champion_is_trained_on() -> None:
    assert prepare(table(["id", "age", "plan"])).fit["target"] == "plan"


def test_capitals_tell_a_feature_from_the_target() -> None:
    first = table(["Left", "age", "plan", "left"], holding=["age", "note", "plan", "left"])
    second = table(["Left", "age", "plan"], holding=["age", "note", "plan"])
    with pytest.raises(TargetMissingError, match="its target, 'left'"):
        dropped(second, first)


def test_names_of_nothing_but_signs_are_not_the_same() -> None:
    first = table(["id", "age", "plan", "%"], holding=TRAINED)
    second = table(["&", "age", "plan"], holding=["note", "age", "plan"])
    with pytest.raises(TargetMissingError, match="its target, '%'"):
        dropped(second, first)


def test_target_of_the_settings_that_is_not_there_is_refused_with_the_same_words() -> None:
    with pytest.raises(TargetMissingError) as caught:
        dropped(table(["id", "age", "plan"]), settings={"target": "left"})
    message = str(caught.value)
    assert "target 'left' is no column of may new.csv" in message
    assert 'Set "target" in inbox/churn/pipeline.json, or run with --target COLUMN' in message
    assert f"'plan'. If these are new rows to be predicted, {WHERE}" in message


def test_identifier_that_stands_where_the_target_stood_is_told_apart() -> None:
    with pytest.raises(SettingsError) as caught:
        dropped(table(["age", "plan", "id"]), settings={"id_columns": ["id"]})
    assert "names 'id', which is all that may new.csv has for a target" in str(caught.value)
    assert WHERE in str(caught.value)
    both = {"id_columns": ["id"], "target": "id"}
    with pytest.raises(SettingsError, match="names the target, 'id'; take it out there"):
        dropped(table(["age", "plan", "id"]), settings=both)


@pytest.mark.parametrize("kind", ["empty", "unknown"])
@pytest.mark.parametrize("name", ["left", "LEFT"])
@pytest.mark.parametrize("rows", [3, 49])
@pytest.mark.parametrize("settings", [None, {"target": "left"}])
def test_target_that_is_empty_in_all_rows_is_refused_with_the_same_words(
    kind: str, name: str, rows: int, settings: dict[str, Any] | None
) -> None:
    settings = settings and {"target": name}
    second = table(["id", "age", "plan", name], rows=rows, holding=["id", "age", "plan", kind])
    with pytest.raises(TargetUnusableError) as caught:
        dropped(second, settings=settings)
    message = str(caught.value)
    assert f"target '{name}' of may new.csv is empty in all of {rows} rows" in message
    assert WHERE in message
    assert "To train on them, fill it in" in message


def test_target_that_is_empty_in_all_rows_but_one_is_not_called_empty() -> None:
    rows = (
        table(TRAINED, rows=1) + b"\n" + table([], rows=48, holding=["id", "age", "plan", "empty"])
    )
    with pytest.raises(TargetUnusableError, match="one value only"):
        dropped(rows)


def test_empty_target_of_a_dataset_without_a_champion_is_refused_without_the_way_to_score() -> None:
    with pytest.raises(TargetUnusableError, match="is empty in all 49 rows; fill it in") as caught:
        prepare(table(TRAINED, rows=49, holding=["id", "age", "plan", "empty"]))
    assert "score/" not in str(caught.value)


def test_champion_that_came_while_the_model_trained_refuses_nothing() -> None:
    trained = prepare(table(TRAINED), name="inbox/churn/2.csv", run="churn-1")
    other = prepare(table(["id", "age", "plan"]), s3=trained.s3, run="churn-2")
    key = f"{trained.plan['prefix']}/encoder.json"
    again = compare_again(other, {"found": True, "encoder_key": key})
    assert not again.fit["champion"]["usable"]

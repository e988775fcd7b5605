"""Dropping a file, with or without settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from dropforge.client.inbox import drop as dropping
from dropforge.client.inbox.drop import drop, key_of, settings_of, stage_settings
from dropforge.client.inbox.sample import drop_sample
from dropforge.client.stack import Stack
from dropforge.errors import DropFileError, InvocationError
from pipeline import staged
from pipeline.errors import DropNameError, SettingsError
from pipeline.run_names import run_name
from tests.unit.cli.fakes import BUCKET, NOON, fake_stack


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "Churn 2026.csv"
    file.write_text("age,churned\n31,no\n")
    return file


def stored(stack: Stack, settings: dict[str, Any]) -> None:
    """Give the dataset settings of its own."""
    key = "inbox/churn/pipeline.json"
    stack.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(settings).encode())


def unheard(_count: int) -> None:
    return None


def test_key_of_a_file_without_dataset_takes_the_name_from_the_file(csv: Path) -> None:
    assert key_of(csv, None) == "inbox/churn-2026/Churn 2026.csv"
    assert key_of(csv, "sales") == "inbox/sales/Churn 2026.csv"


@pytest.mark.parametrize(
    ("name", "words"), [("missing.csv", "No such file"), ("", "is a directory")]
)
def test_key_of_what_cannot_be_read_says_why(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(DropFileError, match=words):
        key_of(tmp_path / name, None)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("book.XLSX", "save the sheet as CSV"),
        ("data.tsv", r"rename it to data\.csv: tabs between the values are fine"),
        ("data.parquet", r"its name must end in \.csv or \.csv\.gz"),
        ("pipeline.json", r"its name must end in \.csv or \.csv\.gz"),
    ],
)
def test_key_of_another_kind_of_file_is_refused_with_the_remedy(
    tmp_path: Path, name: str, remedy: str
) -> None:
    file = tmp_path / name
    file.touch()
    with pytest.raises(DropNameError, match=f"^{file} is no CSV file by its name; {remedy}"):
        key_of(file, None)


def test_key_of_a_bad_dataset_name_is_refused(csv: Path) -> None:
    with pytest.raises(DropNameError, match="is no dataset name"):
        key_of(csv, "Sales/EU")


def test_drop_names_the_run_as_the_trigger_will(csv: Path) -> None:
    stack = fake_stack()
    dropped = drop(stack, csv, "inbox/churn/churn.csv", unheard)
    assert dropped.run == run_name("churn", NOON, BUCKET, "inbox/churn/churn.csv", "v1")
    assert stack.session.s3.objects["inbox/churn/churn.csv"] == csv.read_bytes()


def test_drop_of_a_large_file_goes_in_parts_and_tells_how_far(
    csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping, "_ONE_REQUEST", 3)
    heard: list[int] = []
    drop(fake_stack(), csv, "inbox/churn/churn.csv", heard.append)
    assert heard == [csv.stat().st_size]


def test_settings_are_none_if_nothing_is_asked() -> None:
    assert settings_of(fake_stack(), "churn", None, None) is None


def test_settings_with_a_target_keep_what_the_bucket_has() -> None:
    stack = fake_stack()
    stored(stack, {"minimum": 0.8, "target": "old"})
    assert settings_of(stack, "churn", None, "new") == {"minimum": 0.8, "target": "new"}


def test_settings_from_a_file_replace_those_in_the_bucket(tmp_path: Path) -> None:
    stack = fake_stack()
    stored(stack, {"minimum": 0.8})
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"promotion": "manual"}))
    assert settings_of(stack, "churn", file, "y") == {"promotion": "manual", "target": "y"}


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "is no JSON"), ('{"promotion": "maybe"}', "promotion .*maybe"), ("[]", "object")],
)
def test_settings_from_a_bad_file_name_the_file_and_the_value(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(text)
    with pytest.raises(SettingsError, match=f"mine.json.*{words}"):
        settings_of(fake_stack(), "churn", file, None)


def test_settings_from_a_missing_file_say_so(tmp_path: Path) -> None:
    with pytest.raises(DropFileError, match="No such file"):
        settings_of(fake_stack(), "churn", tmp_path / "none.json", None)


def test_an_empty_target_is_refused() -> None:
    with pytest.raises(SettingsError, match="target"):
        settings_of(fake_stack(), "churn", None, "")


def test_drop_sample_returns_where_the_function_put_it() -> None:
    stack = fake_stack()
    answer: dict[str, Any] = {"key": "inbox/sample/s.csv", "dataset": "sample", "run": "sample-1"}
    stack.session.functions.answer = answer
    dropped = drop_sample(stack)
    assert (dropped.key, dropped.run) == ("inbox/sample/s.csv", "sample-1")


def test_drop_sample_that_fails_gives_the_cause() -> None:
    stack = fake_stack()
    stack.session.functions.error = True
    stack.session.functions.answer = {"errorMessage": "disk full"}
    with pytest.raises(InvocationError, match="SeedFunction failed: disk full"):
        drop_sample(stack)


KEY = "inbox/churn/churn.csv"


@pytest.mark.parametrize("one_request", [1 << 20, 3])
def test_drop_with_settings_carries_their_ticket_and_leaves_the_datasets_alone(
    csv: Path, monkeypatch: pytest.MonkeyPatch, one_request: int
) -> None:
    monkeypatch.setattr(dropping, "_ONE_REQUEST", one_request)
    stack = fake_stack()
    ticket = stage_settings(stack, KEY, {"target": "age"})
    drop(stack, csv, KEY, unheard, ticket)
    s3 = stack.session.s3
    assert s3.metadata[KEY] == {staged.METADATA: ticket}
    assert json.loads(s3.objects[staged.key_of("churn", ticket)]) == {"target": "age"}
    assert s3.puts[-1] == KEY, "the settings are there before the event comes"
    assert "inbox/churn/pipeline.json" not in s3.objects


def test_drop_without_settings_carries_nothing(csv: Path) -> None:
    stack = fake_stack()
    drop(stack, csv, KEY, unheard)
    assert stack.session.s3.metadata[KEY] == {}


def test_staged_settings_of_two_drops_lie_apart() -> None:
    stack = fake_stack()
    first, second = (stage_settings(stack, KEY, {"target": name}) for name in ("a", "b"))
    assert staged.key_of("churn", first) != staged.key_of("churn", second)


def test_key_of_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "caf\udce9.csv"
    try:
        file.touch()
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(DropNameError, match="is no UTF-8"):
        key_of(file, "churn")

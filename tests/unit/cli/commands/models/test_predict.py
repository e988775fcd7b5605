"""`predict`: one row, or rows from stdin, answered by the model in use."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dropforge.cli.app import app
from dropforge.cli.commands.models.predict import _blocks
from dropforge.client.stack import Stack
from tests.unit.cli.fake_sagemaker import _Groups
from tests.unit.cli.fakes import RUN, call, refused
from tests.unit.model.made import Made

ROWS = [f"C-{n},{n % 70},{n * 7 % 13},{['gold', 'basic'][n % 2]},{n % 3 > 0}" for n in range(200)]
HEADER = "customer,age,a=b,plan,left"
KEYS = [
    *("dataset", "run", "model", "target", "task", "prediction", "probability", "probabilities"),
    *("reasons", "missing", "warnings"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    settings = {"target": "left", "id_columns": ["customer"]}
    data = "\n".join([HEADER, *ROWS]).encode()
    return Made(tmp_path_factory.mktemp("model"), data, settings)


@pytest.fixture
def champion(stack: Stack, made: Made) -> str:
    objects = stack.session.s3.objects
    objects["model"] = (made.folder / "model.tar.gz").read_bytes()
    objects[f"runs/{RUN}/encoder.json"] = (made.folder / "encoder.json").read_bytes()
    return stack.session.sagemaker.add(RUN, "Approved")


def lines(text: str, *options: str) -> tuple[Result, list[Any]]:
    result = CliRunner().invoke(app, ["predict", "churn", "-", *options], input=text)
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_one_row_is_predicted_as_the_model_does(champion: str, made: Made) -> None:
    result = call("predict", "churn", "--set", "age=41", "--set", "plan=gold", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert list(facts) == KEYS
    row = {"age": "41", "plan": "gold", "a=b": None}
    expected = made.load().predict(row, reasons=3)
    assert facts["prediction"] == expected["prediction"]
    assert facts["probability"] == expected["probability"]
    assert facts["probabilities"] == {
        name: expected[f"probability_{name}"] for name in ("False", "True")
    }
    told = [reason["text"] for reason in facts["reasons"]]
    assert told == [expected[f"reason_{n}"] for n in (1, 2, 3) if expected[f"reason_{n}"]]
    assert list(facts["reasons"][0]) == ["column", "value", "contribution", "text"]
    assert (facts["missing"], facts["warnings"]) == (["a=b"], [])
    assert (facts["dataset"], facts["run"], facts["model"]) == ("churn", RUN, champion)


def test_a_person_sees_prediction_probabilities_reasons_and_what_was_not_given(
    champion: str,
) -> None:
    result = call("predict", "churn", "--set", "age=x", "--set", "plan=gold", "--reasons", "1")
    assert result.exit_code == 0, result.output
    assert re.search(r"left: (True|False), with a probability of 0\.\d+ ", result.stdout)
    assert "Probabilities" in result.stdout
    assert "Not given      'a=b'" in result.stdout
    assert "column 'age': 'x' could not be read" in result.stdout
    assert result.stdout.count("(+") + result.stdout.count("(-") == 1
    assert RUN in result.stdout


def test_a_column_with_an_equals_sign_in_its_name_is_set(champion: str) -> None:
    facts = json.loads(call("predict", "churn", "--set", "a=b=7", "--json").stdout)
    assert facts["missing"] == ["age", "plan"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("Age=41", "no column 'Age' (is it 'age'?)"),
        ("plann=gold", "no column 'plann' (is it 'plan'?)"),
        ("mood=7", "no column 'mood'; its columns are 'age', 'a=b', 'plan'"),
    ],
)
def test_an_unknown_column_is_refused_with_the_nearest_name(
    champion: str, given: str, says: str
) -> None:
    result = call("predict", "churn", "--set", given)
    assert result.exit_code == 2
    assert says in result.stderr
    assert json.loads(call("predict", "churn", "--set", given, "--json").stdout)["error"] == (
        "ColumnMismatchError"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give one row as --set"),
        (["-", "--set", "age=1"], "or else -"),
        (["--set", "age"], "is no COLUMN=VALUE"),
        (["rows.csv"], "neither an option nor -"),
        (["--set", "age=1", "--set", "age=2"], "'age' is set twice"),
        (["--set", "age=1", "--reasons", "x"], "no whole number"),
    ],
)
def test_bad_usage_exits_2_and_says_what_to_give(
    champion: str, arguments: list[str], says: str
) -> None:
    result = call("predict", "churn", *arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.replace("│", "").split())


def test_lines_are_answered_in_order_and_a_bad_one_is_no_end_of_the_others(champion: str) -> None:
    rows = [
        '{"age": 41, "plan": "gold", "a=b": 3}',
        "nope",
        "",
        '{"Age": 41}',
        '{"age": [41]}',
        "[1, 2]",
        '{"age": "41", "plan": "gold", "a=b": "3", "left": true, "customer": "C-1"}',
        '{"age": null, "plan": "lead"}',
    ]
    result, told = lines("\n".join(rows), "--reasons", "1")
    assert result.exit_code == 2
    assert [row.get("error") for row in told] == [
        None,
        "RowsUnreadableError",
        "ColumnMismatchError",
        "RowsUnreadableError",
        "RowsUnreadableError",
        None,
        None,
    ]
    assert [row.get("line") for row in told if "error" in row] == [2, 4, 5, 6]
    assert told[0] == told[5]
    assert list(told[0]) == KEYS[5:]
    assert told[6]["missing"] == ["a=b"]
    assert told[6]["warnings"] == [
        "column 'plan': 'lead' not seen in training, of which the model knows nothing"
    ]
    assert len(told[0]["reasons"]) == 1


def test_lines_are_answered_as_one_by_one(champion: str, made: Made) -> None:
    frame = [dict(zip(HEADER.split(","), row.split(","), strict=True)) for row in ROWS[:30]]
    result, told = lines("".join(f"{json.dumps(row)}\r\n" for row in frame))
    assert (result.exit_code, len(told)) == (0, 30)
    expected = made.load().predict(made.file).head(30)
    assert [row["probability"] for row in told] == expected["probability"].to_list()


def test_no_lines_give_nothing(champion: str) -> None:
    result, told = lines("\n\n")
    assert (result.exit_code, told) == (0, [])


def test_a_line_that_is_no_utf_8_is_told_by_its_number(champion: str) -> None:
    result = CliRunner().invoke(app, ["predict", "churn", "-"], input=b'{"age": 1}\n{"pl\xe9": 1}')
    assert result.exit_code == 2
    told = json.loads(result.stdout.splitlines()[1])
    assert (told["line"], told["error"]) == (2, "RowsUnreadableError")


def test_without_a_champion_the_datasets_that_have_one_are_listed(
    stack: Stack, champion: str
) -> None:
    stack.session.sagemaker.add("other-1", "Approved", "sales")
    stack.session.sagemaker.add("other-2", "PendingManualApproval", "waiting")
    result = call("predict", "chrn", "--set", "age=1")
    assert result.exit_code == 2
    assert "'chrn' has no model in use; is it 'churn'?" in result.stderr
    assert "One is in use for 'churn', 'sales'." in result.stderr
    told = json.loads(call("predict", "waiting", "--set", "age=1", "--json").stdout)
    assert told["error"] == "ModelMissingError"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("AccessDeniedException", "'chrn' has no model in use, and neither has any other"),
        ("ThrottlingException", "ListModelPackageGroups failed"),
    ],
)
def test_datasets_that_may_not_be_listed_are_left_out_of_the_sentence(
    stack: Stack, champion: str, monkeypatch: pytest.MonkeyPatch, code: str, says: str
) -> None:
    def refusing(*_arguments: Any, **_asked: Any) -> None:
        raise refused(code, "ListModelPackageGroups")

    monkeypatch.setattr(_Groups, "paginate", refusing)
    told = json.loads(call("predict", "chrn", "--set", "age=1", "--json").stdout)
    assert (told["error"] == "ModelMissingError") == (code == "AccessDeniedException")
    assert says in told["message"]


def test_without_any_model_the_way_to_one_is_told(stack: Stack) -> None:
    result = call("predict", "churn", "--set", "age=1")
    assert (result.exit_code, "`dropforge run FILE` trains one" in result.stderr) == (2, True)


def test_model_is_fetched_once_for_each_package(
    stack: Stack, champion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    download = stack.session.s3.download_file

    def counted(bucket: str, key: str, name: str) -> None:
        fetched.append(key)
        download(bucket, key, name)

    monkeypatch.setattr(stack.session.s3, "download_file", counted)
    for _ in range(2):
        assert call("predict", "churn", "--set", "age=1").exit_code == 0
    assert fetched == ["model", f"runs/{RUN}/encoder.json"]
    stack.session.sagemaker.add(RUN, "Approved")
    assert call("predict", "churn", "--set", "age=1").exit_code == 0
    assert len(fetched) == 4


def test_a_model_that_cannot_be_kept_is_told_with_its_file(
    stack: Stack, champion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stack.session.s3, "download_file", full)
    result = call("predict", "churn", "--set", "age=41", "--json")
    told = json.loads(result.stdout)["message"]
    assert result.exit_code == 2
    assert re.fullmatch(r"/.*/models/\w+/model\.tar\.gz: No space left on device", told)


def test_a_model_whose_files_were_deleted_is_told(stack: Stack, champion: str) -> None:
    del stack.session.s3.objects["model"]
    result = call("predict", "churn", "--set", "age=1")
    assert (result.exit_code, "s3://drops/model is not there any more" in result.stderr) == (
        2,
        True,
    )


def test_many_classes_are_shown_by_the_likeliest(
    stack: Stack, champion: str, tmp_path: Path
) -> None:
    rows = [f"{n % 9},{n % 10}" for n in range(400)]
    folder = tmp_path / "many"
    folder.mkdir()
    made = Made(folder, "\n".join(["x,y", *rows]).encode(), {"target": "y", "task": "multiclass"})
    stack.session.s3.objects["model"] = (folder / "model.tar.gz").read_bytes()
    encoder = (folder / "encoder.json").read_bytes()
    stack.session.s3.objects[f"runs/{RUN}/encoder.json"] = encoder
    shown = " ".join(call("predict", "churn", "--set", "x=3").stdout.replace("│", "").split())
    found = made.load().predict({"x": 3})
    likeliest = sorted(made.load().classes, key=lambda name: -found[f"probability_{name}"])
    told = re.search(r"Probabilities (.*) and 4 more", shown)
    assert told
    assert [each.split()[0] for each in told[1].split(", ")] == likeliest[:6]


def test_lines_are_put_together_from_what_comes_and_answered_at_once() -> None:
    pieces = iter([b'{"a": ', b'1}\n{"a": 2}\n{"a', b'": 3}\n', b'{"a": 4}', b""])
    assert list(_blocks(lambda _: next(pieces))) == [
        [b'{"a": 1}', b'{"a": 2}'],
        [b'{"a": 3}'],
        [b'{"a": 4}'],
    ]

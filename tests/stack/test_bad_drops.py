"""A drop that cannot be trained on ends in one message that says what to do."""

import base64
from typing import Any

import pytest

from tests.stack.application import Application

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
)
HEADER = b"age,plan,left\n"
ROWS = HEADER + b"".join(b"%d,basic,%s\n" % (n, b"yes" if n % 3 else b"no") for n in range(90))
LEAVERS = b"age,plan,tenure,target\n" + b"".join(
    b"%d,%s,%d,%s\n"
    % (
        20 + n * 7 % 41,
        (b"basic", b"plus", b"pro")[n % 3],
        n % 29,
        b"yes" if n % 29 + n * 7 % 11 > 18 else b"no",
    )
    for n in range(600)
)


def packages(application: Application, group: str) -> list[tuple[str, str]]:
    """Return a dataset's model packages, and whether each is approved."""
    sagemaker = application.client("sagemaker")
    found = sagemaker.list_model_packages(ModelPackageGroupName=group)
    return [
        (package["ModelPackageArn"], package["ModelApprovalStatus"])
        for package in found["ModelPackageSummaryList"]
    ]


@pytest.mark.parametrize(
    ("name", "body", "settings", "error", "words"),
    [
        ("empty", b"", None, "EmptyFileError", ["empty"]),
        ("header-only", HEADER, None, "EmptyFileError", ["row"]),
        ("picture", PNG, None, "NotCsvError", ["PNG"]),
        ("no-target", ROWS, {"target": "prize"}, "TargetMissingError", ["prize", "left"]),
        ("one-class", HEADER + b"1,basic,yes\n" * 90, None, "TargetUnusableError", ["left"]),
    ],
)
def test_drop_of_a_bad_file_ends_in_one_message_with_file_cause_and_remedy(
    application: Application,
    inbox: Any,
    name: str,
    body: bytes,
    settings: dict[str, str] | None,
    error: str,
    words: list[str],
) -> None:
    if settings:
        application.settings(name, settings)
    run = application.drop(f"inbox/{name}/{name}.csv", body)
    message = application.message(run)
    assert (message["verdict"], message["error"]) == ("rejected_input", error), message
    assert f"{name}.csv" in message["cause"]
    assert all(word in message["cause"] for word in words), message["cause"]
    assert "Traceback" not in message["text"]
    received = [m["Message"] for m in inbox.fetch() if run in m["Message"]]
    assert received == [message["text"]]


def test_drop_of_another_kind_of_file_is_refused_before_an_execution(
    application: Application, inbox: Any
) -> None:
    run = application.drop("inbox/notes/readme.txt", b"hello")
    message = application.message(run)
    assert (message["verdict"], message["error"]) == ("rejected_input", "DropNameError")
    assert "ExecutionDoesNotExist" in str(application.last(run))
    assert len([m for m in inbox.fetch() if run in m["Message"]]) == 1


def test_settings_that_break_the_schema_are_refused_at_once(application: Application) -> None:
    run = application.drop("inbox/typo/pipeline.json", b'{"metrics": "auc"}')
    message = application.message(run)
    assert message["error"] == "SettingsError"
    assert "metrics" in message["cause"]


def test_new_rows_in_the_inbox_are_refused_and_leave_the_model_in_use(
    application: Application, inbox: Any
) -> None:
    """A person drops 49 rows to have them predicted, without the column that is to be known."""
    trained = application.drop("inbox/leavers/may.csv", LEAVERS)
    assert application.message(trained)["verdict"] == "approved"
    group = f"{application.outputs['ModelPackageGroupPrefix']}--leavers"
    before = packages(application, group)
    new = b"\n".join(line.rpartition(b",")[0] for line in LEAVERS.splitlines()[:50])
    run = application.drop("inbox/leavers/june.csv", new)
    message = application.message(run)
    assert (message["verdict"], message["error"]) == ("rejected_input", "TargetMissingError")
    assert "but not its target, 'target'" in message["cause"]
    assert "drop it as score/leavers/june.csv instead" in message["text"]
    assert "dropforge score june.csv --dataset leavers" in message["text"]
    assert packages(application, group) == before
    assert application.read(f"runs/{run}/encoder.json") is None
    received = [m["Message"] for m in inbox.fetch() if run in m["Message"]]
    assert received == [message["text"]]

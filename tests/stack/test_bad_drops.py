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

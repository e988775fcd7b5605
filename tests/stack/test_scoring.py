"""A file below score/ comes back with the predictions of the model in use."""

import csv
import gzip
import io
import json
import os
from typing import Any

import pytest

from scoring.words import Words
from tests.stack.application import Application
from tests.unit.prepare.datasets import DATASETS

SOME = ("breast_cancer", "diabetes", "wine", "seattle_weather", "anes96")
"""Of the public tables, so many that each task and kind of column is among them."""
# All of them take some minutes: ALL_TABLES=1 python -m pytest tests/stack/test_scoring.py
TABLES = tuple(DATASETS) if os.environ.get("ALL_TABLES") else SOME


def trained(application: Application, name: str, dataset: str) -> tuple[bytes, dict[str, Any]]:
    """Train on a public table, its model in use whatever it is worth.

    Returns
    -------
    The table and the run's message.
    """
    load, target = DATASETS[name]
    body = load()
    application.settings(dataset, {"target": target, "split": {"by": "position"}})
    run = application.drop(f"inbox/{dataset}/table.csv", body)
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["text"]
    if message["verdict"] != "approved":
        approve(application, message)
    return body, message


def approve(application: Application, message: dict[str, Any]) -> None:
    application.client("sagemaker").update_model_package(
        ModelPackageArn=message["result"]["model_package_arn"], ModelApprovalStatus="Approved"
    )


def scored(application: Application, dataset: str, name: str, body: bytes) -> dict[str, Any]:
    run = application.drop(f"score/{dataset}/{name}", body)
    message = application.message(run)
    assert message["verdict"] == "scored", message["text"]
    return message


def result_of(application: Application, message: dict[str, Any]) -> bytes:
    uri = message["result"]["files"]["predictions"]
    body = application.read(uri.removeprefix(f"s3://{application.bucket}/"))
    assert body is not None
    return body


def held_out(application: Application, run: str, body: bytes) -> tuple[bytes, list[list[str]]]:
    """Return the run's test rows as a file, and what it predicted of them, in words."""
    encoder = json.loads(application.read(f"runs/{run}/encoder.json") or b"")
    fields = Words.of_target(encoder["target"]).fields()
    records = list(csv.reader(io.StringIO(body.decode(), newline="")))
    rows, wanted = [records[0]], []
    for key in application.keys(f"runs/{run}/data/truth/"):
        answers = application.read(f"runs/{run}/predictions/{key.rpartition('/')[2]}.out") or b""
        wanted += [fields(line) for line in answers.decode().splitlines()]
        truth = csv.reader(io.StringIO((application.read(key) or b"").decode()))
        rows += [records[int(record[0])] for record in list(truth)[1:]]
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(), wanted


@pytest.mark.filterwarnings("ignore:The 'convert_dates' keyword")
@pytest.mark.parametrize("name", TABLES)
def test_held_out_rows_get_the_very_predictions_of_their_run(
    application: Application, name: str
) -> None:
    dataset = f"score-{name.replace('_', '-')}"[:31].strip("-")
    body, told = trained(application, name, dataset)
    test_rows, wanted = held_out(application, told["run"], body)
    for engine in ("function", "batch"):
        application.settings(dataset, {"target": DATASETS[name][1], "scoring": engine})
        message = scored(application, dataset, f"{engine}.csv", test_rows)
        assert message["result"]["engine"] == engine
        # Of all its rows the truth is known, so that it is as good as its run found.
        assert message["result"]["metric"] == told["result"]["metric"]
        assert message["result"]["metrics"] == pytest.approx(told["result"]["metrics"], nan_ok=True)
        result = result_of(application, message).decode()
        records = list(csv.reader(io.StringIO(result, newline="")))
        given = list(csv.reader(io.StringIO(test_rows.decode(), newline="")))
        # R's row names have no name in the header.
        width, answers = len(given[1]), len(wanted[0])
        assert [record[:width] for record in records[1:]] == given[1:]
        assert records[0][: len(given[0])] == given[0]
        assert [record[width : width + answers] for record in records[1:]] == wanted
        assert all(record[-1] == "" for record in records[1:])


def test_new_rows_without_the_target_come_back_in_one_message(
    application: Application, inbox: Any
) -> None:
    body, told = trained(application, "wine", "score-new")
    lines = body.decode().splitlines()
    new = "".join(f"{line.rsplit(',', 1)[0]}\r\n" for line in lines[:30])
    message = scored(application, "score-new", "new.csv.gz", gzip.compress(new.encode()))
    assert message["result"]["rows"] == 29
    assert message["result"]["metric"] is None
    result = gzip.decompress(result_of(application, message)).decode()
    assert result.count("\r\n") == 30
    assert result.splitlines()[0].startswith(lines[0].rsplit(",", 1)[0] + ",prediction,probability")
    [sent] = [one for one in inbox.fetch() if message["run"] in one["Message"]]
    assert f"Model package: {message['result']['model_package_arn']}" in sent["Message"]
    assert told["run"] in message["result"]["sentence"]


@pytest.mark.parametrize(
    ("key", "body", "words"),
    [
        ("score/never-trained/a.csv", b"a,b\n1,2\n", "there is no dataset 'never-trained'"),
        ("score/score-bad/a.csv", b"alcohol,malic\n1,2\n", "lacks 12 columns"),
        ("score/score-bad/a.csv", b"", "empty"),
        ("score/score-bad/notes.txt", b"x", "no CSV file by its name"),
        ("score/a.csv", b"a,b\n1,2\n", "names no dataset"),
    ],
)
def test_file_that_does_not_fit_is_refused_with_the_reason(
    application: Application, key: str, body: bytes, words: str
) -> None:
    if "score-bad" in key and not application.keys("inbox/score-bad/"):
        trained(application, "wine", "score-bad")
    message = application.message(application.drop(key, body))
    assert message["verdict"] == "rejected_input"
    assert words in message["text"]

"""A drop whose settings ask for a search, and the next one, which goes on from what it found."""

import json
from typing import Any

import pytest

from pipeline import run_names
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application

SETTINGS = {
    "target": "cancelled",
    "id_columns": ["customer"],
    "tuning": {"jobs": 5, "parallel": 2},
    "hyperparameters": {"num_round": 60},
}


def evaluation_of(application: Application, run: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(application.read(f"runs/{run}/evaluation.json") or b"{}")
    return found


def test_search_tries_jobs_goes_on_with_the_best_and_is_gone_on_from(
    application: Application,
) -> None:
    application.settings("tuned", SETTINGS)
    first = application.drop("inbox/tuned/a.csv", sample_csv(SampleSize(rows=1200, seed=3)))
    message = application.message(first)
    assert message["status"] == "SUCCEEDED", application.last(first)
    told = evaluation_of(application, first)
    search = told["search"]
    job = run_names.searches_of(first)[0]
    assert (search["job"], search["status"], search["problem"]) == (job, "Completed", "")
    assert [trial["number"] for trial in search["trials"]] == [0, 1, 2, 3, 4]
    assert search["trials"][0]["job"] == first
    values = [trial["value"] for trial in search["trials"]]
    assert search["trials"][search["best"]]["value"] == min(values)
    best = search["trials"][search["best"]]
    assert told["training"]["refit"]["early_job"] == best["job"]
    assert told["training"]["job"] in told["files"]["model"]
    assert best["hyperparameters"].items() <= told["training"]["hyperparameters"].items()
    assert search["seconds"] > 0
    assert search["cost_usd"] > 0
    assert search["sentence"] in message["text"]
    assert (search["test"] is None) is (search["best"] == 0)
    assert (application.read(f"runs/{first}/report.html") or b"").count(b"What the search found")
    # The run's own model learned from the validation rows, too, and is near to that.
    if search["best"]:
        assert search["test"]["best"] == pytest.approx(told["metric"]["value"], rel=0.1)
    application.settings("tuned", {k: v for k, v in SETTINGS.items() if k != "tuning"})
    second = application.drop("inbox/tuned/b.csv", sample_csv(SampleSize(rows=1500, seed=4)))
    assert application.message(second)["status"] == "SUCCEEDED", application.last(second)
    after = evaluation_of(application, second)
    if message["verdict"] == "approved" and search["best"]:
        assert after["training"]["start"]["used"] == sorted(best["hyperparameters"])
        assert best["hyperparameters"].items() <= after["training"]["hyperparameters"].items()
    assert after["search"] is None
    application.settings("tuned", SETTINGS)
    third = application.drop("inbox/tuned/c.csv", sample_csv(SampleSize(rows=1500, seed=5)))
    assert application.message(third)["status"] == "SUCCEEDED", application.last(third)
    again = evaluation_of(application, third)["search"]
    assert again["parent"] == job

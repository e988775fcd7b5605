"""What a run begins with: what a search found for the model in use."""

import json
from dataclasses import replace
from typing import Any

import pytest

from pipeline import run_names
from pipeline.documents import kinds
from tests.unit.prepare.pipeline_run import Prepared, compare_again, prepare
from tests.unit.prepare.steps.test_fit import labelled

BINARY = labelled("no", "yes")
LINES = {"booster": "gblinear", "num_round": 9}
ALL_DEFAULT = {"colsample_bynode": "0.7", "colsample_bytree": "0.8"}


def searched(run: Prepared, **changes: Any) -> None:
    """Let a run have made a search, as Choose trial writes it."""
    found = run.fit["tuning"]["found"] | {
        "job": run.fit["tuning"]["attempts"][0],
        "hyperparameters": {"eta": "0.031", "max_depth": "4"},
    }
    document = {
        "job": found["job"], "status": "Completed", "problem": "", "parent": None,
        "strategy": "Bayesian", "metric": "logloss", "goal": "min", "asked": 20,
        "trials": [
            {"number": 0, "job": "a", "status": "completed", "value": 0.5, "seconds": 1,
             "hyperparameters": {}},
        ],
        "best": 0, "ranges": {}, "seconds": 60, "billable_seconds": 1, "cost_usd": None,
        "found": found | changes,
    }  # fmt: skip
    run.s3.objects[f"{run.plan['prefix']}/search.json"] = json.dumps(document).encode()


def champion_of(run: Prepared) -> dict[str, Any]:
    name = run.plan["run"]
    return {"found": True, "run": name, "encoder_key": f"runs/{name}/encoder.json"}


def later(after: Prepared, settings: dict[str, Any], data: bytes = BINARY, **more: Any) -> Prepared:
    name = {"name": "inbox/set/later.csv", "run": "set-2"} | more
    return prepare(data, settings, champion=champion_of(after), s3=after.s3, **name)


@pytest.fixture
def before() -> Prepared:
    run = prepare(BINARY, {"tuning": True})
    searched(run)
    return run


def test_later_run_begins_with_what_the_search_of_the_model_in_use_found(before: Prepared) -> None:
    fit = later(before, {}).fit
    assert (fit["hyperparameters"]["eta"], fit["hyperparameters"]["max_depth"]) == ("0.031", "4")
    assert fit["start"] == {"run": "set-1", "used": ["eta", "max_depth"], "reason": ""}


def test_run_after_that_goes_on_with_it(before: Prepared) -> None:
    second = later(before, {})
    third = later(second, {}, run="set-3", name="inbox/set/third.csv")
    assert third.fit["hyperparameters"]["eta"] == "0.031"
    assert third.fit["start"]["run"] == "set-1"


def test_settings_win_over_what_a_search_found(before: Prepared) -> None:
    fit = later(before, {"hyperparameters": {"learning_rate": 0.2}}).fit
    assert (fit["hyperparameters"]["eta"], fit["hyperparameters"]["max_depth"]) == ("0.2", "4")
    assert fit["start"]["used"] == ["max_depth"]


@pytest.mark.parametrize(
    ("changes", "data", "reason"),
    [
        ({"task": "regression"}, BINARY, "it was for regression, and this run is binary"),
        ({"objective": "reg:logistic"}, BINARY, "it was for the objective reg:logistic"),
        ({"rows": 10}, BINARY, "it was for 10 rows, and this run trains on 84"),
        ({"rows": 1000}, BINARY, "it was for 1,000 rows"),
        ({"features": 40}, BINARY, "it was for 40 features"),
        ({"features": 1}, BINARY, "it was for 1 feature, and this run trains on"),
    ],
)
def test_search_that_does_not_suit_is_not_used_and_it_is_told_why(
    before: Prepared, changes: dict[str, Any], data: bytes, reason: str
) -> None:
    searched(before, **changes)
    fit = later(before, {}, data).fit
    assert reason in fit["start"]["reason"]
    assert fit["hyperparameters"] == prepare(data).fit["hyperparameters"]
    assert "warm_start" not in later(before, {"tuning": True}, run="set-9").fit["tuning"]


def test_search_for_trees_says_nothing_of_lines(before: Prepared) -> None:
    fit = later(before, {"hyperparameters": {"booster": "gblinear", "num_round": 9}}).fit
    assert fit["start"]["reason"] == "it was for the booster gbtree, not gblinear"
    assert "max_depth" not in fit["hyperparameters"]


def test_search_of_lines_says_nothing_of_trees() -> None:
    run = prepare(BINARY, {"tuning": True, "hyperparameters": LINES})
    searched(run, hyperparameters={"eta": "0.93"})
    fit = later(run, {}).fit
    assert fit["start"]["reason"] == "it was for the booster gblinear, not gbtree"
    assert fit["hyperparameters"] == prepare(BINARY).fit["hyperparameters"]
    assert (
        later(run, {"hyperparameters": LINES}, run="set-3").fit["hyperparameters"]["eta"] == "0.93"
    )


@pytest.mark.parametrize("booster", ["gbtree", "gblinear", "dart"])
def test_search_of_before_boosters_were_told_counts_where_none_was_set(booster: str) -> None:
    for settings, reason in (
        ({}, ""),
        ({"hyperparameters": {"booster": booster, "num_round": 9}}, "the booster unknown, not gbt"),
    ):
        run = prepare(BINARY, {"tuning": True, **settings})
        searched(run)
        name = "runs/set-1/search.json"
        document = json.loads(run.s3.objects[name])
        del document["found"]["booster"]
        run.s3.objects[name] = json.dumps(document).encode()
        assert reason in later(run, {}).fit["start"]["reason"]
        assert bool(reason) is bool(later(run, {}, run="set-4").fit["start"]["reason"])


@pytest.mark.parametrize(
    ("found", "own", "shares"),
    [
        ({"colsample_bynode": "0.4"}, {}, {"colsample_bynode": "0.4"}),
        ({"colsample_bytree": "0.4"}, {}, {"colsample_bytree": "0.4"}),
        ({"eta": "0.05"}, {}, {"colsample_bytree": "0.8"}),
        (
            {"colsample_bynode": "0.4", "colsample_bytree": "0.6"},
            {},
            {"colsample_bynode": "0.4", "colsample_bytree": "0.6"},
        ),
        (
            {"colsample_bynode": "0.4"},
            {"colsample_bytree": 0.9},
            {"colsample_bynode": "0.4", "colsample_bytree": "0.9"},
        ),
        ({"colsample_bynode": "0.4"}, {"colsample_bynode": 0.7}, ALL_DEFAULT),
    ],
)
def test_share_of_columns_that_was_found_stands_for_the_other(
    before: Prepared,
    monkeypatch: pytest.MonkeyPatch,
    found: dict[str, str],
    own: dict[str, float],
    shares: dict[str, str],
) -> None:
    searched(before, hyperparameters=found)
    # As though the table had grown, by which the defaults take the other share.
    monkeypatch.setattr("prepare.training.hyperparameters.SMALL_ROWS", 10)
    fit = later(before, {"hyperparameters": own}).fit["hyperparameters"]
    assert {name: fit[name] for name in sorted(fit) if name.startswith("colsample")} == shares


def test_oversized_search_ends_no_run(before: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(kinds.SEARCH, limit=10)
    monkeypatch.setattr(kinds, "SEARCH", small)
    assert later(before, {}).fit["hyperparameters"] == prepare(BINARY).fit["hyperparameters"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"found": 3}'])
def test_damaged_search_ends_no_run(before: Prepared, body: bytes) -> None:
    before.s3.objects["runs/set-1/search.json"] = body
    assert later(before, {}).fit["hyperparameters"] == prepare(BINARY).fit["hyperparameters"]


def test_another_comparison_leaves_the_hyperparameters_as_they_were(before: Prepared) -> None:
    run = later(before, {})
    prepare(BINARY, s3=run.s3, run="set-7", name="inbox/set/7.csv")
    again = compare_again(
        run, {"found": True, "run": "set-7", "encoder_key": "runs/set-7/encoder.json"}
    )
    assert again.fit["hyperparameters"] == run.fit["hyperparameters"]


def test_search_goes_on_from_the_last_one(before: Prepared) -> None:
    tuning = later(before, {"tuning": True}).fit["tuning"]
    parents = tuning["warm_start"]["ParentHyperParameterTuningJobs"]
    assert parents == [{"HyperParameterTuningJobName": run_names.searches_of("set-1")[0]}]
    assert tuning["warm_start"]["WarmStartType"] == "TransferLearning"


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({"job": None}, {"tuning": True}),
        ({"strategy": "Hyperband"}, {"tuning": True}),
        ({}, {"tuning": {"strategy": "Hyperband"}}),
        ({"metric": "auc"}, {"tuning": True}),
        ({}, {"tuning": {"ranges": {"alpha": [0.1, 1]}}}),
    ],
)
def test_search_begins_afresh_where_sagemaker_would_refuse_to_go_on(
    before: Prepared, changes: dict[str, Any], settings: dict[str, Any]
) -> None:
    searched(before, **changes)
    assert "warm_start" not in later(before, settings).fit["tuning"]

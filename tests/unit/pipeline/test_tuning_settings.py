"""What pipeline.json may say of a search for hyperparameters."""

import json
from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import SCHEMA_FILE, parse_settings, resolve_settings
from pipeline.tuning.settings import plain

DEFAULTS = {"jobs": 20, "parallel": 4, "strategy": "Bayesian", "ranges": {}}


@pytest.mark.parametrize("asked", ['{"tuning": true}', '{"tuning": {}}'])
def test_true_is_a_search_with_all_the_defaults(asked: str) -> None:
    assert parse_settings(asked, "pipeline.json")["tuning"] == DEFAULTS


@pytest.mark.parametrize("asked", ["{}", '{"tuning": false}'])
def test_nothing_is_searched_for_unless_it_is_asked_for(asked: str) -> None:
    assert "tuning" not in parse_settings(asked, "pipeline.json")


def test_few_jobs_run_beside_fewer_others() -> None:
    assert resolve_settings({"tuning": {"jobs": 3}})["tuning"]["parallel"] == 2


def test_settings_of_a_search_resolved_twice_stay_the_same() -> None:
    once = resolve_settings({"tuning": {"jobs": 3, "ranges": {"eta": [0.1, 0.3]}}})
    assert resolve_settings(once) == once


def test_all_that_may_be_searched_for_is_what_sagemaker_tunes() -> None:
    ranges = json.loads(SCHEMA_FILE.read_text())["properties"]["tuning"]["properties"]["ranges"]
    # SageMaker developer guide, "Tune an XGBoost Model", without num_round: early stopping ends it.
    assert set(ranges["properties"]) == {
        *("alpha", "colsample_bylevel", "colsample_bynode", "colsample_bytree", "eta", "gamma"),
        *("lambda", "max_delta_step", "max_depth", "min_child_weight", "subsample"),
    }


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((8, "8"), (1.0, "1"), (1048576, "1048576"), (123456789, "123456789")),
        *((0.1, "0.1"), (0.00001, "0.00001"), (0.123456789, "0.123456789"), (0, "0")),
    ],
)
def test_ends_of_a_range_keep_all_their_digits(number: float, text: str) -> None:
    assert plain(number) == text


@pytest.mark.parametrize(
    ("tuning", "says"),
    [
        ("yes", 'tuning must be true or false or an object in braces, but is "yes"'),
        ({"job": 3}, "unknown setting 'job' in tuning; did you mean 'jobs'?"),
        ({"jobs": 1}, "tuning.jobs must be bigger than or equal to 2, but is 1"),
        ({"jobs": 501}, "tuning.jobs must be smaller than or equal to 500, but is 501"),
        ({"parallel": 11}, "tuning.parallel must be smaller than or equal to 10"),
        ({"max_cost_usd": 0}, "tuning.max_cost_usd must be bigger than 0"),
        ({"strategy": "bayes"}, 'tuning.strategy must be one of "Bayesian", "Hyperband"'),
        ({"ranges": {"eta": [0.1]}}, "tuning.ranges.eta must contain at least 2 items"),
        ({"ranges": {"eta": [0.1, 2]}}, "tuning.ranges.eta.1 must be smaller than or equal to 1"),
        ({"ranges": {"depth": [1, 2]}}, "unknown setting 'depth' in tuning.ranges"),
        ({"ranges": {"max_depth": [3, 5.5]}}, "tuning.ranges.max_depth.1 must be a whole number"),
        ({"ranges": {"subsample": [0, 1]}}, "tuning.ranges.subsample.0 must be bigger than 0"),
        ({"ranges": {"max_bin": [64, 512]}}, "ranges.max_bin cannot be: SageMaker does not search"),
        ({"ranges": {"max_leaves": [8, 64]}}, "It can for eta, max_depth, max_delta_step, min_"),
        ({"ranges": {"num_parallel_tree": [1, 4]}}, "set num_parallel_tree in hyperparameters"),
        ({"ranges": {"scale_pos_weight": [1, 9]}}, "does not search for scale_pos_weight"),
        ({"ranges": {"max_depht": [1, 2]}}, "did you mean 'max_depth'?"),
        ({"ranges": {"max_delta_step": [1048576, 1048575]}}, "goes from 1048576 to 1048575"),
        ({"ranges": {"eta": [0.3, 0.1]}}, "goes from 0.3 to 0.1; the first must be less"),
        ({"ranges": {"eta": [0.3, 0.3]}}, "goes from 0.3 to 0.3"),
        ({"jobs": 3, "parallel": 3}, "of 3 jobs the first runs alone; set tuning.parallel to"),
    ],
)
def test_search_that_cannot_be_is_refused_with_the_value(tuning: Any, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        resolve_settings({"tuning": tuning}, "pipeline.json")
    assert says in str(caught.value)

"""What pipeline.json may say of a search for hyperparameters."""

from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import parse_settings, resolve_settings

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
        ({"ranges": {"eta": [0.3, 0.1]}}, "goes from 0.3 to 0.1; the first must be less"),
        ({"ranges": {"eta": [0.3, 0.3]}}, "goes from 0.3 to 0.3"),
        ({"jobs": 3, "parallel": 3}, "of 3 jobs the first runs alone; set tuning.parallel to"),
    ],
)
def test_search_that_cannot_be_is_refused_with_the_value(tuning: Any, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        resolve_settings({"tuning": tuning}, "pipeline.json")
    assert says in str(caught.value)

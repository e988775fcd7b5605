"""How the hyperparameters of the next training job are chosen."""

import statistics
import subprocess
import sys
from typing import Any

import pytest

from dropforge.cloud.sagemaker.jobs.tuning import early_stopping
from dropforge.cloud.sagemaker.jobs.tuning.ranges import Numbers, Range, ranges_of
from dropforge.cloud.sagemaker.jobs.tuning.search import Search

ETA = Numbers("eta", 0.01, 0.5, whole=False, scaling="Linear")
DEPTH = Numbers("max_depth", 2, 9, whole=True, scaling="Linear")


def search_of(*ranges: Range, goal: str = "Minimize", **config: Any) -> Search:
    given = {
        "Strategy": "Bayesian",
        "HyperParameterTuningJobObjective": {"Type": goal, "MetricName": "validation:rmse"},
        "RandomSeed": 7,
    }
    return Search(given | config, list(ranges))


def drawn(search: Search, count: int) -> list[dict[str, str]]:
    """Ask and answer with the distance of eta from 0.3."""
    found = []
    for number in range(count):
        tuned = search.ask(number)
        assert tuned is not None
        search.tell(number, abs(float(tuned["eta"]) - 0.3))
        found.append(tuned)
    return found


def test_cloud_without_tuning_jobs_does_not_import_the_library_that_searches() -> None:
    code = "import sys, dropforge.cloud.sagemaker.service; print('optuna' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


@pytest.mark.parametrize(
    ("low", "high", "scaling", "expected"),
    [
        ("0.01", "0.5", "Auto", "Logarithmic"),
        ("0.1", "1", "Auto", "Linear"),
        ("0", "1000", "Auto", "Linear"),
        ("0.1", "0.2", "Logarithmic", "Logarithmic"),
        ("0.01", "0.5", "Linear", "Linear"),
    ],
)
def test_scaling_auto_is_logarithmic_for_wide_ranges(
    low: str, high: str, scaling: str, expected: str
) -> None:
    each = {"Name": "eta", "MinValue": low, "MaxValue": high, "ScalingType": scaling}
    [found] = ranges_of({"ContinuousParameterRanges": [each]})
    assert isinstance(found, Numbers)
    assert found.scaling == expected


@pytest.mark.parametrize(
    ("scaling", "low", "high", "median"),
    [
        ("Linear", 0.001, 1.0, 0.5),
        ("Logarithmic", 0.001, 1.0, 0.032),
        ("ReverseLogarithmic", 0.0, 0.999, 0.968),
    ],
)
def test_values_follow_the_scaling(scaling: str, low: float, high: float, median: float) -> None:
    search = search_of(Numbers("eta", low, high, False, scaling), Strategy="Random")
    values = [float(each["eta"]) for each in drawn(search, 300)]
    assert all(low <= value <= high for value in values)
    assert statistics.median(values) == pytest.approx(median, rel=0.25)


def test_whole_values_follow_the_scaling() -> None:
    rounds = Numbers("num_round", 10, 1000, whole=True, scaling="Logarithmic")
    values = [int(each["num_round"]) for each in drawn(search_of(rounds, ETA), 100)]
    assert statistics.median(values) < 250


def test_integers_are_written_without_a_point_and_reach_both_ends() -> None:
    depth = Numbers("max_depth", 2, 4, whole=True, scaling="Linear")
    values = [each["max_depth"] for each in drawn(search_of(depth, ETA, Strategy="Random"), 40)]
    assert set(values) == {"2", "3", "4"}


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_seed_gives_the_same_hyperparameters_again(strategy: str) -> None:
    first = drawn(search_of(DEPTH, ETA, Strategy=strategy), 12)
    assert drawn(search_of(DEPTH, ETA, Strategy=strategy), 12) == first
    assert drawn(search_of(DEPTH, ETA, Strategy=strategy, RandomSeed=8), 12) != first


@pytest.mark.parametrize("goal", ["Minimize", "Maximize"])
def test_bayesian_search_comes_nearer_to_the_goal_than_a_random_one(goal: str) -> None:
    def mean_of_the_last(strategy: str) -> float:
        found = []
        for seed in range(5):
            search = search_of(ETA, goal=goal, Strategy=strategy, RandomSeed=seed)
            found += [abs(float(each["eta"]) - 0.3) for each in drawn(search, 25)[15:]]
        return statistics.fmean(found)

    random, bayesian = mean_of_the_last("Random"), mean_of_the_last("Bayesian")
    assert bayesian < random / 1.5 if goal == "Minimize" else bayesian > random * 1.2


def test_few_combinations_are_each_tried_once() -> None:
    depth = Numbers("max_depth", 2, 6, whole=True, scaling="Linear")
    search = search_of(depth, Strategy="Random")
    found = [search.ask(number) for number in range(5)]
    assert sorted(each["max_depth"] for each in found if each) == ["2", "3", "4", "5", "6"]


def test_grid_tries_each_combination_and_ends() -> None:
    given = [{"Name": "eta", "Values": ["0.1", "0.2"]}, {"Name": "gamma", "Values": ["0", "1"]}]
    ranges = ranges_of({"CategoricalParameterRanges": given})
    search = search_of(*ranges, Strategy="Grid")
    found = [search.ask(number) for number in range(5)]
    assert found == [
        {"eta": "0.1", "gamma": "0"},
        {"eta": "0.1", "gamma": "1"},
        {"eta": "0.2", "gamma": "0"},
        {"eta": "0.2", "gamma": "1"},
        None,
    ]


def test_results_of_a_parent_lead_the_search_from_its_first_job() -> None:
    cold, warm = search_of(ETA), search_of(ETA)
    warm.learn([({"eta": str(0.01 * n)}, abs(0.01 * n - 0.3)) for n in range(1, 50)])
    found = [[float(each["eta"]) for each in drawn(search, 5)] for search in (cold, warm)]
    errors = [statistics.fmean(abs(eta - 0.3) for eta in each) for each in found]
    assert errors[1] < errors[0] / 3


def test_results_of_a_parent_outside_of_the_ranges_are_left_out() -> None:
    search = search_of(ETA, DEPTH)
    search.learn([({"eta": "0.9", "max_depth": "3"}, 0.1), ({"eta": "0.1"}, 0.1)])
    assert not search._study.trials
    search.learn([({"eta": "0.1", "max_depth": "3"}, 0.1)])
    assert len(search._study.trials) == 1


def test_best_of_a_parent_on_other_data_is_tried_first() -> None:
    reverse = Numbers("subsample", 0.5, 0.9, whole=False, scaling="ReverseLogarithmic")
    search = search_of(DEPTH, reverse)
    search.begin_with([{"max_depth": "4", "subsample": "0.75", "lambda": "1"}])
    first = search.ask(0)
    assert first is not None
    assert first["max_depth"] == "4"
    assert float(first["subsample"]) == pytest.approx(0.75)
    assert search.ask(1) != first


def test_job_without_a_result_does_not_mislead_the_search() -> None:
    search = search_of(ETA)
    assert search.ask(0)
    search.tell(0, None)
    assert drawn(search, 1)


def test_hyperband_gives_up_what_stays_behind_and_keeps_the_best() -> None:
    resources = {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 27}}
    search = search_of(ETA, Strategy="Hyperband", StrategyConfig=resources)
    for number in range(9):
        search.ask(number)
        assert not search.is_hopeless(number, []), "it has told nothing yet"
    kept = [n for n in range(9) if not search.is_hopeless(n, [10 - n / (1 + r) for r in range(27)])]
    assert 8 in kept
    late = [n for n in range(9, 40) if search.ask(n)]
    ended = [number for number in late if search.is_hopeless(number, [50.0] * 20)]
    assert len(ended) > len(late) / 2


@pytest.mark.parametrize(
    ("curve", "others", "goal", "worse"),
    [
        ([3.0, 3.0], [[1.0, 1.0]] * 3, "Minimize", True),
        ([3.0, 3.0], [[1.0, 1.0]] * 3, "Maximize", False),
        ([0.5, 0.5], [[1.0, 1.0]] * 3, "Maximize", True),
        ([1.0, 1.0], [[1.0, 1.0]] * 3, "Minimize", False),
        ([3.0, 3.0], [[1.0, 1.0]] * 2, "Minimize", False),
        # Ones that ended before this round do not count.
        ([3.0, 3.0], [[1.0]] * 3, "Minimize", False),
        ([], [[1.0]] * 3, "Minimize", False),
        ([3.0], [[1.0], [float("nan")], [1.0]], "Minimize", False),
        # The running averages are 5, 5 and 1.5; later rounds do not count.
        ([9.0, 4.0], [[9.0, 1.0], [9.0, 1.0], [2.0, 1.0, 0.0]], "Minimize", False),
        ([9.0, 4.0], [[9.0, 1.0, -99.0]] * 3, "Minimize", False),
        ([9.0, 5.5], [[9.0, 1.0], [9.0, 1.0], [2.0, 1.0, 0.0]], "Minimize", True),
    ],
)
def test_job_is_worse_than_the_median_of_running_averages(
    curve: list[float], others: list[list[float]], goal: str, worse: bool
) -> None:
    assert early_stopping.is_worse(curve, others, goal) is worse

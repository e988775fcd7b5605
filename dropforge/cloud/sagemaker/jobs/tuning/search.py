"""How a tuning job finds the hyperparameters of its next training job.

The service's own search is not public. Here Optuna searches: its tree-structured
Parzen estimator for Bayesian, its Hyperband for Hyperband. It is imported when the
first tuning job needs it, so that the local cloud starts without.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import optuna

from dropforge.cloud.sagemaker.jobs.tuning.ranges import Choice, Numbers, Range

# So many are drawn at random before the estimator has something to go by.
_RANDOM_FIRST = 5
# How often a combination that was tried is drawn anew, where the ranges are few.
_REDRAWS = 20

Tuned = dict[str, str]


class Search:
    """What asks for hyperparameters and is told of their results.

    Parameters
    ----------
    config : the HyperParameterTuningJobConfig of a request.
    """

    def __init__(self, config: dict[str, Any], ranges: list[Range]) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._ranges = ranges
        self._grid: Iterator[tuple[str, ...]] | None = None
        if config["Strategy"] == "Grid":
            self._grid = itertools.product(*(r.values for r in ranges if isinstance(r, Choice)))
        self._study = optuna.create_study(
            # Its brackets are drawn by the name.
            study_name="tuning",
            direction=config["HyperParameterTuningJobObjective"]["Type"].lower(),
            sampler=_sampler(config),
            pruner=_pruner(config),
        )
        self._trials: dict[int, optuna.Trial] = {}
        self._tried: set[tuple[str, ...]] = set()
        self._reported: dict[int, int] = {}

    def ask(self, number: int) -> Tuned | None:
        """Return the hyperparameters of the training job of a number, None if all were tried."""
        if self._grid is not None:
            values = next(self._grid, None)
            if values is None:
                return None
            self._study.enqueue_trial(
                {each.name: value for each, value in zip(self._ranges, values, strict=True)}
            )
        trial, tuned = self._draw()
        self._tried.add(tuple(tuned.values()))
        self._trials[number] = trial
        return tuned

    def tell(self, number: int, value: float | None) -> None:
        """Tell the result of the training job of a number, None if it has none."""
        trial = self._trials[number]
        if value is None:
            self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(trial, value)

    def is_hopeless(self, number: int, curve: list[float]) -> bool:
        """Tell whether Hyperband gives a training job up after the rounds that it has done."""
        trial = self._trials[number]
        known = self._reported.get(number, 0)
        for done, value in enumerate(curve[known:], known + 1):
            self._reported[number] = done
            trial.report(value, done)
            if trial.should_prune():
                return True
        return False

    def learn(self, results: list[tuple[Tuned, float]]) -> None:
        """Take results of earlier tuning jobs on the same data, where these ranges have them."""
        for hyperparameters, value in results:
            params = self._params_of(hyperparameters)
            if params is not None:
                distributions = {each.name: _distribution(each) for each in self._ranges}
                self._study.add_trial(
                    optuna.create_trial(params=params, distributions=distributions, value=value)
                )

    def begin_with(self, hyperparameters: list[Tuned]) -> None:
        """Try these first, where the ranges have them."""
        for each in hyperparameters:
            params = self._params_of(each)
            if params is not None:
                self._study.enqueue_trial(params, skip_if_exists=True)

    def _draw(self) -> tuple[optuna.Trial, Tuned]:
        distributions = {each.name: _distribution(each) for each in self._ranges}
        for left in range(_REDRAWS, -1, -1):
            trial = self._study.ask(distributions)
            tuned = {each.name: each.written(_value(each, trial)) for each in self._ranges}
            if left == 0 or tuple(tuned.values()) not in self._tried:
                break
            self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
        return trial, tuned

    def _params_of(self, hyperparameters: Tuned) -> dict[str, Any] | None:
        params: dict[str, Any] = {}
        for each in self._ranges:
            value = each.read(hyperparameters.get(each.name, ""))
            if value is None:
                return None
            reverse = isinstance(each, Numbers) and each.scaling == "ReverseLogarithmic"
            params[each.name] = 1 - float(value) if reverse else value
        return params


def _sampler(config: dict[str, Any]) -> optuna.samplers.BaseSampler:
    seed = config.get("RandomSeed")
    if config["Strategy"] != "Bayesian":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=_RANDOM_FIRST)


def _pruner(config: dict[str, Any]) -> optuna.pruners.BasePruner:
    if config["Strategy"] != "Hyperband":
        return optuna.pruners.NopPruner()
    resources = config["StrategyConfig"]["HyperbandStrategyConfig"]
    return optuna.pruners.HyperbandPruner(
        min_resource=resources.get("MinResource", 1), max_resource=resources["MaxResource"]
    )


def _distribution(each: Range) -> optuna.distributions.BaseDistribution:
    if isinstance(each, Choice):
        return optuna.distributions.CategoricalDistribution(each.values)
    logarithmic = each.scaling != "Linear"
    if each.whole:
        return optuna.distributions.IntDistribution(int(each.low), int(each.high), log=logarithmic)
    if each.scaling == "ReverseLogarithmic":
        return optuna.distributions.FloatDistribution(1 - each.high, 1 - each.low, log=True)
    return optuna.distributions.FloatDistribution(each.low, each.high, log=logarithmic)


def _value(each: Range, trial: optuna.Trial) -> Any:
    value = trial.params[each.name]
    if isinstance(each, Numbers) and each.scaling == "ReverseLogarithmic":
        # 1 - (1 - x) may lie a hair outside of the ends.
        return min(max(1 - value, each.low), each.high)
    return value

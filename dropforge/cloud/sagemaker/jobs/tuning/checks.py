"""What CreateHyperParameterTuningJob refuses, beyond what the service model says.

The rules are those of the SageMaker developer guide ("Define hyperparameter ranges",
"Tune an XGBoost model", "Automatic model tuning resource limits") and of the API
reference; wordings in quotation marks there or in issues are taken, the others are ours.
"""

from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid
from dropforge.cloud.sagemaker.container.known_names import MAXIMIZE, MINIMIZE
from dropforge.cloud.sagemaker.jobs.tuning import range_checks
from dropforge.cloud.sagemaker.jobs.tuning.ranges import Range, combinations_of, ranges_of

MOST_JOBS = 750
_MOST_PARALLEL = 10
_MOST_RESOURCE = 20_000


def check(request: dict[str, Any]) -> None:
    """Refuse a request that contradicts itself or that the local cloud does not carry out.

    Raises
    ------
    ApiError
        The request is refused.
    """
    _check_built(request)
    config, definition = request["HyperParameterTuningJobConfig"], request["TrainingJobDefinition"]
    _check_objective(config)
    static = definition.get("StaticHyperParameters", {})
    range_checks.check(config.get("ParameterRanges", {}), static)
    ranges = ranges_of(config["ParameterRanges"])
    _check_limits(config, ranges)
    _check_strategy(config, ranges)


def _check_built(request: dict[str, Any]) -> None:
    config = request["HyperParameterTuningJobConfig"]
    if "TrainingJobDefinition" not in request and "TrainingJobDefinitions" not in request:
        raise invalid(
            "Exactly one of TrainingJobDefinition and TrainingJobDefinitions must be given"
        )
    definition = request.get("TrainingJobDefinition", {})
    criteria = config.get("TuningJobCompletionCriteria", {})
    unsupported = {
        "TrainingJobDefinitions": "TrainingJobDefinitions" in request,
        "Autotune": "Autotune" in request,
        "AutoParameters": bool(config.get("ParameterRanges", {}).get("AutoParameters")),
        "ConvergenceDetected": criteria.get("ConvergenceDetected", {}).get("CompleteOnConvergence")
        == "Enabled",
        "HyperParameterTuningResourceConfig": "HyperParameterTuningResourceConfig" in definition,
        "InstanceGroups": "InstanceGroups" in definition.get("ResourceConfig", {}),
        "TuningObjective": "TuningObjective" in definition,
        "HyperParameterRanges": "HyperParameterRanges" in definition,
    }
    for name, asked in unsupported.items():
        if asked:
            raise invalid(
                f"The local cloud does not support {name} of a hyperparameter tuning job; give one "
                "TrainingJobDefinition with its ResourceConfig, and the ranges and the objective "
                "in HyperParameterTuningJobConfig"
            )
    for name in ("ResourceConfig", "InputDataConfig"):
        if name not in definition:
            raise invalid(f"TrainingJobDefinition needs {name}")


def _check_objective(config: dict[str, Any]) -> None:
    objective = config.get("HyperParameterTuningJobObjective")
    if objective is None:
        raise invalid("HyperParameterTuningJobObjective is missing; name a metric and Type")
    metric, kind = objective["MetricName"], objective["Type"]
    best = {f"validation:{name}": "Maximize" for name in MAXIMIZE}
    best |= {f"validation:{name}": "Minimize" for name in MINIMIZE}
    if metric not in best:
        raise invalid(
            f"Invalid objective metric, [{metric}]. XGBoost tells of these: {', '.join(best)}"
        )
    if best[metric] != kind:
        raise invalid(
            f"Invalid objective type, [{kind}], for objective metric, [{metric}]. "
            f"Specify a valid objective type, [{best[metric]}]"
        )


def _check_limits(config: dict[str, Any], ranges: list[Range]) -> None:
    limits = config["ResourceLimits"]
    jobs, parallel = limits.get("MaxNumberOfTrainingJobs"), limits["MaxParallelTrainingJobs"]
    criteria = config.get("TuningJobCompletionCriteria", {})
    ends = jobs is not None or "MaxRuntimeInSeconds" in limits or bool(criteria)
    if not ends and config["Strategy"] != "Grid":
        raise invalid(
            "Nothing would end the tuning job; give MaxNumberOfTrainingJobs, MaxRuntimeInSeconds "
            "or TuningJobCompletionCriteria"
        )
    for wanted, most, what in (
        (jobs or 0, MOST_JOBS, "Number of training jobs per hyperparameter tuning job"),
        (
            parallel,
            _MOST_PARALLEL,
            "Number of parallel training jobs per hyperparameter tuning job",
        ),
    ):
        if wanted > most:
            raise ApiError(
                "ResourceLimitExceeded",
                f"The account-level service limit '{what}' is {most}, with a request of {wanted}. "
                "Please use AWS Service Quotas to request an increase for this quota.",
            )
    if jobs is not None and parallel > jobs:
        raise invalid(
            f"MaxParallelTrainingJobs [{parallel}] must not be greater than "
            f"MaxNumberOfTrainingJobs [{jobs}]"
        )
    combinations = combinations_of(ranges)
    if jobs is not None and combinations < jobs:
        # Quoted in aws/amazon-sagemaker-operator-for-k8s#123.
        raise invalid(
            "You don't have enough combinations of hyperparameter ranges. The total number of "
            f"hyperparameter combinations for the provided ranges [{combinations:.1f}] must be "
            f"equal or greater than the value of MaxNumberOfJobs, [{jobs}]. Provide additional "
            "ranges."
        )


def _check_strategy(config: dict[str, Any], ranges: list[Range]) -> None:
    strategy = config["Strategy"]
    bands = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig")
    if strategy != "Hyperband" and bands is not None:
        raise invalid(f"HyperbandStrategyConfig is for the strategy Hyperband, not {strategy}")
    if strategy == "Hyperband":
        most = (bands or {}).get("MaxResource")
        if most is None:
            raise invalid("MaxResource of HyperbandStrategyConfig is missing; for XGBoost, rounds")
        if not bands.get("MinResource", 1) < most <= _MOST_RESOURCE:
            raise invalid(
                f"MaxResource [{most}] must be greater than MinResource "
                f"[{bands.get('MinResource', 1)}] and at most {_MOST_RESOURCE}"
            )
        if config.get("TrainingJobEarlyStoppingType") == "Auto":
            raise invalid(
                "The strategy Hyperband stops jobs by itself; set TrainingJobEarlyStoppingType "
                "to Off or leave it out"
            )
    if strategy == "Grid":
        _check_grid(config, ranges)


def _check_grid(config: dict[str, Any], ranges: list[Range]) -> None:
    given = config["ParameterRanges"]
    if given.get("IntegerParameterRanges") or given.get("ContinuousParameterRanges"):
        raise invalid("The strategy Grid takes categorical ranges only")
    jobs = config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
    combinations = combinations_of(ranges)
    if jobs is not None and jobs != combinations:
        raise invalid(
            f"MaxNumberOfTrainingJobs [{jobs}] must be the number of combinations of the grid, "
            f"[{combinations:.0f}]; leave it out"
        )

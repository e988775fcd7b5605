"""Going on from earlier tuning jobs (SageMaker developer guide, "Run a warm start tuning job")."""

from typing import TYPE_CHECKING, Any

from dropforge.cloud.api_errors import invalid
from dropforge.cloud.sagemaker import store
from dropforge.cloud.sagemaker.jobs.tuning import trials

if TYPE_CHECKING:
    from dropforge.cloud.sagemaker.jobs.tuning.search import Search

_ENDED = ("Completed", "Stopped", "Failed")


def check(request: dict[str, Any]) -> None:
    """Refuse parents that are not there, still run, or tuned something else.

    Raises
    ------
    ApiError
        The request is refused.
    """
    start = request.get("WarmStartConfig")
    if start is None:
        return
    if request["HyperParameterTuningJobConfig"]["Strategy"] not in ("Bayesian", "Random"):
        raise invalid("A warm start is for the strategies Bayesian and Random")
    for each in start["ParentHyperParameterTuningJobs"]:
        parent = store.tuning_jobs.get(each.get("HyperParameterTuningJobName", ""))
        if parent is None:
            raise invalid(f"The parent tuning job {each} of the warm start does not exist")
        _check_parent(request, parent, start["WarmStartType"])


def apply(tuning: dict[str, Any], search: "Search") -> None:
    """Let the results of the parents seed the search.

    Values of the same data count as the search's own. Those of other data do not compare:
    there the best of each parent is tried first.
    """
    metric = trials.objective_of(tuning)["MetricName"]
    same = tuning.get("WarmStartConfig", {}).get("WarmStartType") == "IdenticalDataAndAlgorithm"
    for parent in trials.parents_of(tuning):
        jobs = trials.jobs_of(parent)
        if same:
            valued = [(each, trials.value_of(each, metric)) for each in jobs]
            search.learn([(job["HyperParameters"], v) for job, v in valued if v is not None])
            continue
        best = trials.best_of(jobs, trials.objective_of(parent))
        if best is not None:
            search.begin_with([best["HyperParameters"]])


def _check_parent(request: dict[str, Any], parent: dict[str, Any], kind: str) -> None:
    name = parent["HyperParameterTuningJobName"]
    if parent["HyperParameterTuningJobStatus"] not in _ENDED:
        raise invalid(
            f"The parent tuning job {name} is in status "
            f"{parent['HyperParameterTuningJobStatus']}; wait for its end"
        )
    if trials.objective_of(request) != trials.objective_of(parent):
        raise invalid(f"The objective metric is not the same as the one of the parent {name}")
    if _names(request) != _names(parent):
        # Quoted in aws/amazon-sagemaker-examples#861.
        raise invalid(
            "The set of tunable plus static HyperParameter names is not the same across current "
            "and parent tuning jobs. Please ensure this set is constant when warm starting. Note "
            "that previously static HyperParameters can be tuned in warm start jobs and vice versa."
        )
    if kind != "IdenticalDataAndAlgorithm":
        return
    new, old = request["TrainingJobDefinition"], parent["TrainingJobDefinition"]
    image = "TrainingImage"
    if new["AlgorithmSpecification"].get(image) != old["AlgorithmSpecification"].get(image):
        raise invalid(f"{kind} needs the training image of the parent {name}")
    if new["InputDataConfig"] != old["InputDataConfig"]:
        raise invalid(f"{kind} needs the input data of the parent {name}; or use TransferLearning")


def _names(tuning: dict[str, Any]) -> set[str]:
    ranges = tuning["HyperParameterTuningJobConfig"]["ParameterRanges"]
    tuned = {
        each["Name"]
        for kind in ("Integer", "Continuous", "Categorical")
        for each in ranges.get(f"{kind}ParameterRanges", [])
    }
    static = set(tuning["TrainingJobDefinition"].get("StaticHyperParameters", {}))
    return (tuned | static) - {"_tuning_objective_metric"}

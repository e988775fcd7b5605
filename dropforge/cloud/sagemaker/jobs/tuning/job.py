"""What a tuning job does: start training jobs, hear their results, end."""

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core.responses import new_uuid

from dropforge.cloud.journal import JournalError, journal
from dropforge.cloud.sagemaker import store
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.job import Job
from dropforge.cloud.sagemaker.jobs.outcomes import JobFailed
from dropforge.cloud.sagemaker.jobs.training.calls import TrainingCalls
from dropforge.cloud.sagemaker.jobs.training.job import TrainingJob
from dropforge.cloud.sagemaker.jobs.tuning import early_stopping, trials, warm_start
from dropforge.cloud.sagemaker.jobs.tuning.checks import MOST_JOBS
from dropforge.cloud.sagemaker.jobs.tuning.ranges import ranges_of

if TYPE_CHECKING:
    from dropforge.cloud.sagemaker.jobs.tuning.search import Search

_POLL_SECONDS = 0.05
_SUFFIX_DIGITS = 8
# After so many training jobs without a result the service gives up.
_HOPELESS = 5
_COPIED = (
    "RoleArn",
    "InputDataConfig",
    "VpcConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "CheckpointConfig",
    "Environment",
)


@dataclass
class Trial:
    """One training job of a tuning job."""

    number: int
    job: TrainingJob
    told: bool = False


class TuningJob(Job):
    """Train with hyperparameters that a search chooses, several at a time."""

    records = store.tuning_jobs

    def work(self) -> None:
        """Run the job; see Job.work."""
        # Imported here: Optuna takes 0.1 s and 16 MB that a cloud without tuning jobs saves.
        from dropforge.cloud.sagemaker.jobs.tuning.search import Search

        config = self.record["HyperParameterTuningJobConfig"]
        self._config = config
        self._objective = trials.objective_of(self.record)
        self._metric = self._objective["MetricName"]
        limits = config["ResourceLimits"]
        self._parallel: int = limits["MaxParallelTrainingJobs"]
        self._most: int = limits.get("MaxNumberOfTrainingJobs", MOST_JOBS)
        self._end = time.monotonic() + limits.get("MaxRuntimeInSeconds", math.inf)
        # With a seed a job's result counts once all before it are in, so that what the search
        # knows at each step does not depend on which of two jobs was faster.
        self._in_order = "RandomSeed" in config and config["Strategy"] == "Bayesian"
        self._trials: list[Trial] = []
        self.wait_for_fault()
        search = Search(config, ranges_of(config["ParameterRanges"]))
        warm_start.apply(self.record, search)
        try:
            self._search(search)
        finally:
            self._end_all()
        self._give_up_if_hopeless(at_least=1)

    def set_status(self, status: str, secondary: str | None = None) -> None:
        """Change the status, and note what the training jobs make of it."""
        self.record |= trials.facts_of(self.record)
        super().set_status(status, secondary)

    def _fail(self, reason: str) -> None:
        # Without "ClientError: ": the reasons of tuning jobs are sentences.
        self.record["FailureReason"] = reason
        self.finish("Failed", "Failed")

    def _search(self, search: "Search") -> None:
        while True:
            self.check_stopped()
            running = [each for each in self._trials if not each.job.ended.is_set()]
            if not self._in_order:
                self._tell(search, self._trials)
            if time.monotonic() > self._end or self._reached():
                return
            self._give_up_if_hopeless(at_least=_HOPELESS)
            while self._may_start(running):
                if self._in_order:
                    self._tell(search, self._trials[: len(self._trials) + 1 - self._parallel])
                if not self._start_next(search):
                    break
                running.append(self._trials[-1])
            if not running:
                return
            for each in running:
                self._stop_if_worse(each, search)
            running[0].job.ended.wait(_POLL_SECONDS)

    def _may_start(self, running: list[Trial]) -> bool:
        number = len(self._trials)
        if number >= self._most or len(running) >= self._parallel:
            return False
        if not self._in_order or number < self._parallel:
            return True
        return self._trials[number - self._parallel].job.ended.is_set()

    def _tell(self, search: "Search", which: list[Trial]) -> None:
        for each in which:
            if not each.told and each.job.ended.is_set():
                each.told = True
                search.tell(each.number, trials.value_of(each.job.record, self._metric))

    def _start_next(self, search: "Search") -> bool:
        number = len(self._trials)
        tuned = search.ask(number)
        if tuned is None:
            self._most = number
            return False
        name = f"{self.name}-{number + 1:03d}-{new_uuid().replace('-', '')[:_SUFFIX_DIGITS]}"
        self.record["_jobs"].append(name)
        self._save()
        request = training_request(self.record, name, tuned)
        at_once = min(self._parallel, runtime.LIMIT)
        facts = {"TuningJobArn": self.arn, "_tuned": tuned, "_at_once": at_once}
        definition = self.record["TrainingJobDefinition"].get("DefinitionName")
        if definition:
            facts["_definition"] = definition
        fault = runtime.faults().meet_job("CreateTrainingJob", name)
        job = TrainingCalls().begin(request, fault, facts)
        assert isinstance(job, TrainingJob)  # noqa: S101 - it is what TrainingCalls begins
        self._trials.append(Trial(number, job))
        return True

    def _save(self) -> None:
        while True:
            try:
                with journal().transaction():
                    store.save(self.records, self.name)
            except JournalError:
                time.sleep(1)
            else:
                return

    def _reached(self) -> bool:
        """Tell whether a criterion for the end of the tuning job is met."""
        criteria = self._config.get("TuningJobCompletionCriteria", {})
        jobs = [each.job.record for each in self._trials]
        target = criteria.get("TargetObjectiveMetricValue")
        best = trials.best_of(jobs, self._objective)
        if target is not None and best is not None:
            value = trials.value_of(best, self._metric)
            sign = -1 if self._objective["Type"] == "Maximize" else 1
            if value is not None and sign * value <= sign * target:
                return True
        patience = criteria.get("BestObjectiveNotImproving", {}).get(
            "MaxNumberOfTrainingJobsNotImproving"
        )
        return patience is not None and trials.not_improving(jobs, self._objective) >= patience

    def _give_up_if_hopeless(self, at_least: int) -> None:
        ended = [each.job.record for each in self._trials if each.job.ended.is_set()]
        if len(ended) < at_least:
            return
        if all(each["TrainingJobStatus"] == "Failed" for each in ended):
            raise JobFailed(
                f"No training job succeeded after {len(ended)} attempts. For additional details, "
                "please take a look at the training job failures by listing training jobs for the "
                "hyperparameter tuning job."
            )
        if all(trials.value_of(each, self._metric) is None for each in ended):
            raise JobFailed(
                f"No objective metrics found after running {len(ended)} training jobs. Please "
                "ensure that the custom algorithm is emitting the objective metric as defined by "
                "the regular expression provided."
            )

    def _stop_if_worse(self, trial: Trial, search: "Search") -> None:
        curve = list(trial.job.curves.get(self._metric, []))
        if self._config["Strategy"] == "Hyperband":
            most = self._config["StrategyConfig"]["HyperbandStrategyConfig"]["MaxResource"]
            asked = int(trial.job.record["HyperParameters"].get("num_round", 0))
            # One that is to do no more is about to save its model.
            worse = len(curve) >= most < asked or search.is_hopeless(trial.number, curve)
        elif self._config.get("TrainingJobEarlyStoppingType") == "Auto":
            ended = [
                each.job.curves.get(self._metric, [])
                for each in self._trials
                if each.job.ended.is_set()
            ]
            worse = early_stopping.is_worse(curve, ended, self._objective["Type"])
        else:
            return
        if worse:
            trial.job.stop()

    def _end_all(self) -> None:
        for each in self._trials:
            each.job.stop()
        for each in self._trials:
            each.job.ended.wait()


def training_request(tuning: dict[str, Any], name: str, tuned: dict[str, str]) -> dict[str, Any]:
    """Return the CreateTrainingJob request of a training job of a tuning job."""
    definition = tuning["TrainingJobDefinition"]
    objective = trials.objective_of(tuning)["MetricName"]
    request = {key: definition[key] for key in _COPIED if key in definition} | {
        "TrainingJobName": name,
        "AlgorithmSpecification": definition["AlgorithmSpecification"],
        "HyperParameters": definition.get("StaticHyperParameters", {})
        | tuned
        | {"_tuning_objective_metric": objective},
    }
    if "CheckpointConfig" in request:
        # Else the jobs would go on from one another's checkpoints.
        uri = request["CheckpointConfig"]["S3Uri"].rstrip("/")
        request["CheckpointConfig"] = request["CheckpointConfig"] | {"S3Uri": f"{uri}/{name}"}
    return request

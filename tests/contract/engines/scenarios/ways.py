"""Stretches of paths, and errors as services and functions word them."""

import json
from typing import Any

from tests.contract.engines.answers import DROP
from tests.contract.engines.script import Fails, Scenario

Path = tuple[str, ...]

TRAIN, SAVE, PREDICT = "Train model (XGBoost)", "Save Model", "Predict test rows"
TUNE, CONTINUE, REFIT = (
    "Tune model (XGBoost)",
    "Continue tuning (XGBoost)",
    "Refit model (XGBoost)",
)
TRANSFORM, CHAMPION_TRANSFORM = "Batch transform", "Champion batch transform"
PREPARE: Path = (
    "Dataset given?",
    "Plan data",
    "Profile chunks",
    "Find champion",
    "Fit encoder",
    "Encode chunks",
)
COUNT: Path = (
    "Trained already?",
    "Start counting waits",
    "Start counting refusals",
    "Look at transform quota",
    "Transforms allowed?",
)
OWN, OTHER, EXPLAIN = "Predicted already?", "Champion usable?", "Explained already?"
"""The first states of the branches that predict test rows, but for the one of a search."""
PLAIN: Path = ("Keep in mind", "Refit?", "Without refit")
JUDGE: Path = (SAVE, PREDICT, "Evaluate", "Good enough?")
REGISTER: Path = (
    "Take turn",
    "Champion unchanged?",
    "Register model",
    "Give turn back",
    "Registered?",
    "Model registered",
)
USUAL_PATH: Path = (
    *PREPARE,
    *COUNT,
    TRAIN,
    "Training complete?",
    "Tune?",
    *PLAIN,
    *JUDGE,
    *REGISTER,
)
CHOSEN: Path = ("Choose trial", "Take chosen hyperparameters", "Take best trial", *PLAIN)
END: Path = (*JUDGE, *REGISTER)
STEP_FAILED: Path = ("Cause is a document?", "Step failed")
FUNCTION_FAILED: Path = ("Cause is a document?", "Read cause", "What failed?", "Function failed")
JOB_FAILED: Path = ("Cause is a document?", "Read cause", "What failed?", "Job failed")

THROTTLED = "Rate exceeded (Service: AmazonSageMaker; Status Code: 400; Error Code: Throttling)"
THROTTLING = "Slow down (Service: AmazonSageMaker; Error Code: ThrottlingException)"
BROKEN = (
    "Internal failure (Service: AmazonSageMaker; Status Code: 500; Error Code: InternalFailure)"
)
INVALID = "1 validation error (Service: AmazonSageMaker; Status Code: 400; Error Code: Validation)"
EXISTS = "Cannot create already existing model arn:aws:sagemaker:model/m"
QUOTA_HELD = (
    "The account-level service limit is 4 Instances, with current utilization of 4 Instances"
)
QUOTA_ZERO = (
    "The account-level service limit is 0 Instances, with current utilization of 0 Instances"
)


def until(state: str, path: Path = USUAL_PATH) -> Path:
    """Return a path up to a state, itself included."""
    return path[: path.index(state) + 1]


def after(state: str, path: Path = USUAL_PATH) -> Path:
    """Return what follows on a state."""
    return path[path.index(state) + 1 :]


def scenario(name: str, path: Path, **facts: Any) -> Scenario:
    return Scenario(name, path, **{"given": DROP} | facts)


def function(error: str, message: str = "A sentence for people.") -> Fails:
    """Fail as a function does."""
    return Fails(error, json.dumps({"errorType": error, "errorMessage": message}))


def job(**description: Any) -> Fails:
    """Fail as a task does that waits for a job: with the job's description."""
    return Fails("States.TaskFailed", json.dumps(description))


def training_job(reason: str) -> Fails:
    return job(TrainingJobName="any", TrainingJobStatus="Failed", FailureReason=reason)


def refused(cause: str = THROTTLED) -> Fails:
    """Fail as a call of the optimized integration does whose error has no name of its own."""
    return Fails("SageMaker.AmazonSageMakerException", cause)


def refused_sdk(cause: str = THROTTLED) -> Fails:
    return Fails("SageMaker.SageMakerException", cause)


def over_quota(cause: str = QUOTA_HELD) -> Fails:
    return Fails("SageMaker.ResourceLimitExceededException", cause)


LOST = Fails("SageMaker.SdkClientException", "Unable to execute HTTP request: Connection reset")
TAKEN = Fails("SageMaker.ResourceInUseException", "Training job names must be unique")
STOPS = [Fails("SageMaker.ThrottlingException"), Fails("SageMaker.SageMakerException")]
"""What a call meets that stops a lost job."""

"""What the tasks of a run answer that trains, searches, refits and is promoted."""

from typing import Any

from tests.contract.engines.script import RUN, Answer

State = dict[str, Any]
BUCKET = "dropforge-bucket"
PREFIX = f"runs/{RUN}"
DROP = {
    "bucket": BUCKET,
    "key": "inbox/churn/churn.csv",
    "version_id": "v1",
    "dataset": "churn",
    "trigger": "object",
    "settings": {},
}
CHAMPION = "arn:aws:sagemaker:us-east-1:000000000000:model-package/churn/7"
ATTEMPTS = [RUN, *(f"{RUN}-r{number}" for number in range(1, 30))]
SEARCHES = [f"churn-0a1b2c3d-{number:02d}" for number in range(30)]
PLANNED = {
    "run": RUN,
    "dataset": "churn",
    "bucket": BUCKET,
    "prefix": PREFIX,
    "manifest": f"{PREFIX}/manifest.json",
    "attempts": ATTEMPTS,
    "comparisons": {"count": 0, "suffixes": list("cdefghijklmnopqrstuv")},
}
FITTED = {
    "task": "binary",
    "target": "cancelled",
    "chunks": f"{PREFIX}/chunks.json",
    "hyperparameters": {"objective": "binary:logistic", "num_round": "500"},
    "resource_config": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "stopping_condition": {"MaxRuntimeInSeconds": 3600},
    "use_spot": False,
    "timeout_seconds": 7200,
    "champion": {"usable": False, "reason": ""},
    "refit": False,
    "engine": "batch",
}
TUNING = {
    "attempts": SEARCHES,
    "config": {
        "Strategy": "Bayesian",
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 19, "MaxParallelTrainingJobs": 4},
    },
    "static": {"objective": "binary:logistic"},
    "stopping_condition": {"MaxRuntimeInSeconds": 600},
    "timeout_seconds": 9000,
}
WARM_START = {
    "WarmStartType": "TransferLearning",
    "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "churn-earlier-00"}],
}
QUOTA = {
    "Quota": {
        "QuotaName": "<TransformInstanceType> for transform job usage",
        "QuotaCode": "<TransformQuotaCode>",
        "Value": 4.0,
    }
}


def fitted(**changes: Any) -> State:
    return FITTED | changes


def trained(given: State) -> State:
    """Answer as a training job does, which has the name that it was given."""
    job = given["TrainingJobName"]
    return {
        "TrainingJobName": job,
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": model_data(job)},
    }


def model_data(job: str) -> str:
    return f"s3://{BUCKET}/{PREFIX}/model/{job}/model.tar.gz"


def stopped(given: State) -> State:
    return trained(given) | {"TrainingJobStatus": "Stopped", "SecondaryStatus": "Stopped"}


def out_of_time(given: State) -> State:
    return stopped(given) | {"SecondaryStatus": "MaxRuntimeExceeded"}


def unheard_of(given: State) -> State:
    return {**trained(given), "TrainingJobStatus": "Unheard of"}


def waited_too_long(given: State) -> State:
    return stopped(given) | {"SecondaryStatus": "MaxWaitTimeExceeded"}


def searched(given: State) -> State:
    return {
        "HyperParameterTuningJobName": given["HyperParameterTuningJobName"],
        "HyperParameterTuningJobStatus": "Completed",
    }


def transformed(given: State) -> State:
    return {"TransformJobName": given["TransformJobName"], "TransformJobStatus": "Completed"}


def chosen(given: State) -> State:
    """Answer that the search found something better than it began with."""
    return {
        "training": given["training"] | {"job": f"{RUN}-001-abc"},
        "hyperparameters": {"objective": "binary:logistic", "num_round": "200"},
        "compare": [{"folder": "trials/first", "model_data": given["training"]["model_data"]}],
    }


def verdict(word: str) -> State:
    return {
        "verdict": word,
        "sentence": f"The verdict is {word}.",
        "task": "binary",
        "target": "cancelled",
        "metric": {"name": "auc", "value": 0.9, "goal": "max"},
        "champion": None,
        "metrics": {"auc": 0.9},
        "rows": {"train": 70},
        "split": {"by": "rank"},
        "search": None,
        "decision": None,
        "refit": None,
        "warnings": [],
        "files": {"evaluation": f"s3://{BUCKET}/{PREFIX}/evaluation.json"},
        "approval_status": "PendingManualApproval" if word == "pending" else "Approved",
        "package": {"group": "churn", "description": "A model.", "metadata": {"run": RUN}},
    }


USUAL: dict[str, Answer] = {
    "Generate dataset": DROP,
    "Plan data": PLANNED,
    "Profile chunks": [{"index": 0}, {"index": 1}],
    "Profile chunk": {"profiled": True},
    "Find champion": {"found": False},
    "Fit encoder": FITTED,
    "Encode chunks": [{"index": 0}, {"index": 1}, {"index": 2}],
    "Encode chunk": {"encoded": True},
    "Look at transform quota": QUOTA,
    "Train model (XGBoost)": trained,
    "Tune model (XGBoost)": searched,
    "Continue tuning (XGBoost)": searched,
    "Choose trial": chosen,
    "Plan refit": {
        "planned": True,
        "reason": "",
        "rounds": 84,
        "hyperparameters": {"num_round": "84"},
        "stopping_condition": {"MaxRuntimeInSeconds": 3540},
    },
    "Refit model (XGBoost)": trained,
    "Save Model": {"ModelArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m"},
    "Predict by model": 1,
    "Batch transform": transformed,
    "Predict by champion": 1,
    "Save champion Model": {"ModelArn": "arn:aws:sagemaker:us-east-1:000000000000:model/c"},
    "Champion batch transform": transformed,
    "Choose decision": {"decided": True},
    "Explain model": {"explained": True, "reason": ""},
    "Predict by trials": {"predicted": True, "reason": ""},
    "Evaluate": verdict("approved"),
    "Take turn": {"outcome": "taken"},
    "Register model": {"ModelPackageArn": f"{CHAMPION[:-1]}8"},
    "Give turn back": {},
    "Stop lost job": {},
    "Stop lost search": {},
    "Stop lost refit": {},
}

"""From the model to the predictions of the test rows."""

from tests.contract.engines.answers import ATTEMPTS, PLANNED, TUNING, fitted
from tests.contract.engines.scenarios.ways import (
    BROKEN,
    EXISTS,
    EXPLAIN,
    INVALID,
    OTHER,
    OWN,
    PREDICT,
    QUOTA_ZERO,
    SAVE,
    STEP_FAILED,
    THROTTLING,
    TRANSFORM,
    TUNE,
    USUAL_PATH,
    Path,
    after,
    function,
    job,
    over_quota,
    refused,
    scenario,
    until,
)
from tests.contract.engines.script import Fails

BUSY_SAVE: Path = ("Model exists already?", "SageMaker busy?")
SAVE_AGAIN: Path = (*BUSY_SAVE, "Count the refusal", "Wait for SageMaker", "Call again", SAVE)
REFUSED: Path = (
    "Transform busy?",
    "Count the refused transform",
    "Wait for the transform",
    TRANSFORM,
)
FULL: Path = (
    "Transform busy?",
    "Count the full transform quota",
    "Wait for the transform",
    TRANSFORM,
)
PARALLEL_FAILED: Path = (*until(PREDICT), *STEP_FAILED)
SEARCHED: Path = (
    TUNE,
    "Choose trial",
    "Take chosen hyperparameters",
    "Take best trial",
    *after("Tune?")[:4],
)

SAVING = [
    scenario(
        "model is there already",
        (*until(SAVE), "Model exists already?", *after(SAVE)),
        answers={SAVE: [Fails("SageMaker.SdkClientException"), refused(EXISTS)]},
    ),
    scenario(
        "saving is refused for a while",
        (*until(SAVE), *SAVE_AGAIN, *after(SAVE)),
        answers={SAVE: [refused()]},
    ),
    scenario(
        "model cannot be saved",
        (*until(SAVE), *BUSY_SAVE, *STEP_FAILED),
        answers={SAVE: [refused(INVALID)]},
        error="SageMaker.AmazonSageMakerException",
        cause=INVALID,
    ),
    scenario(
        "saving hangs",
        (*until(SAVE), "Step timed out"),
        answers={SAVE: [Fails("States.Timeout", "")]},
        error="StepTimedOut",
        cause="The step took longer than its limit.",
    ),
    scenario(
        "saving stays throttled",
        (*until(SAVE), *STEP_FAILED),
        answers={SAVE: [Fails("SageMaker.ThrottlingException")] * 9},
        error="SageMaker.ThrottlingException",
        cause="The service says why.",
    ),
]
TRANSFORMING = [
    scenario(
        "transform fails twice",
        USUAL_PATH,
        answers={
            TRANSFORM: [job(TransformJobStatus="Failed", FailureReason="InternalServerError")] * 2
        },
        inputs={TRANSFORM: ("TransformJobName", tuple(ATTEMPTS[:3]))},
    ),
    scenario(
        "transform fails three times",
        (*until(PREDICT), "Cause is a document?", "Read cause", "What failed?", "Job failed"),
        failing=OWN,
        answers={TRANSFORM: [job(TransformJobStatus="Failed", FailureReason="ClientError: x")] * 3},
        error="States.TaskFailed",
        cause="ClientError: x",
    ),
    scenario(
        "transform is stopped three times",
        (*until(PREDICT), "Cause is a document?", "Read cause", "What failed?", "Job stopped"),
        failing=OWN,
        answers={TRANSFORM: [job(TransformJobStatus="Stopped")] * 3},
        error="JobStopped",
        cause="The SageMaker job was stopped before it ended.",
    ),
    scenario(
        "transform's names are taken, and it is throttled",
        USUAL_PATH,
        answers={
            TRANSFORM: [Fails("SageMaker.ResourceInUseException")] * 8
            + [Fails("SageMaker.ThrottlingException")] * 5
        },
        inputs={TRANSFORM: ("TransformJobName", tuple(ATTEMPTS[:14]))},
    ),
    scenario(
        "transform is refused for a while",
        USUAL_PATH,
        answers={TRANSFORM: [refused(), refused(BROKEN), refused(THROTTLING), over_quota()]},
        within={OWN: (OWN, TRANSFORM, *REFUSED * 3, *FULL)},
        waited={"Wait for the transform": (10, 10, 10, 300)},
    ),
    *(
        scenario(
            f"transform {name}",
            PARALLEL_FAILED,
            failing=OWN,
            answers={TRANSFORM: [failure] * times},
            within={
                OWN: (OWN, TRANSFORM, *way * (times - 1), "Transform busy?", "Transform refused")
            },
            error=failure.error,
            cause=failure.cause,
        )
        for name, failure, times, way in (
            ("is not valid", refused(INVALID), 1, ()),
            ("has no quota", over_quota(QUOTA_ZERO), 1, ()),
            ("is refused too long", refused(), 21, REFUSED),
            ("waits too long for its quota", over_quota(), 13, FULL),
        )
    ),
    scenario(
        "transform hangs",
        (*until(PREDICT), "Step timed out"),
        failing=OWN,
        answers={TRANSFORM: [Fails("States.Timeout", "")]},
        error="StepTimedOut",
        cause="The step took longer than its limit.",
    ),
    scenario(
        "which comparison it is is not known",
        PARALLEL_FAILED,
        failing="any",
        answers={
            "Plan data": [PLANNED | {"comparisons": {"count": -1, "suffixes": []}}],
        },
        error="ComparisonUnknown",
        cause="Plan data did not say which comparison this is; report this as a defect.",
    ),
    scenario(
        "which comparison it is is not known after a search",
        (*until("Tune?"), *SEARCHED, PREDICT, *STEP_FAILED),
        failing="any",
        answers={
            "Plan data": [PLANNED | {"comparisons": {"count": -1, "suffixes": []}}],
            "Fit encoder": [fitted(tuning=TUNING)],
        },
        error="ComparisonUnknown",
        cause="Plan data did not say which comparison this is; report this as a defect.",
    ),
    scenario(
        "whether there is a champion is not known",
        PARALLEL_FAILED,
        failing=OTHER,
        answers={"Fit encoder": [fitted(champion={"usable": "yes", "reason": ""})]},
        error="ChampionUnknown",
        cause="Fit encoder did not say whether the model in use can be compared; ...",
    ),
    scenario(
        "model is not explained, and no decision is chosen",
        USUAL_PATH,
        answers={
            "Choose decision": [function("ArtefactError")],
            "Explain model": [Fails("States.Timeout", "")] * 3,
        },
        within={EXPLAIN: (EXPLAIN, "Choose decision", "Explain model", "Model not explained")},
        inputs={
            "Evaluate": (
                "explanation",
                ({"explained": False, "reason": "Explain model ended with States.Timeout"},),
            )
        },
    ),
]
SCENARIOS = [*SAVING, *TRANSFORMING]

"""What each task meets that passes, and what it meets that does not."""

from tests.contract.engines.answers import CHAMPION, TUNING, WARM_START, fitted
from tests.contract.engines.scenarios.data import TIMEOUT
from tests.contract.engines.scenarios.ways import (
    CHAMPION_TRANSFORM,
    CONTINUE,
    FUNCTION_FAILED,
    REFIT,
    SAVE,
    STEP_FAILED,
    TRAIN,
    TRANSFORM,
    TUNE,
    USUAL_PATH,
    Path,
    after,
    function,
    scenario,
    until,
)
from tests.contract.engines.script import Fails

FUNCTIONS = (
    "Plan data",
    "Profile chunk",
    "Find champion",
    "Fit encoder",
    "Encode chunk",
    "Choose trial",
    "Plan refit",
    "Choose decision",
    "Explain model",
    "Predict by trials",
    "Evaluate",
    "Take turn",
    "Give turn back",
)
PASSING = [
    Fails("Lambda.TooManyRequestsException"),
    Fails("Lambda.ServiceException"),
    Fails("Lambda.SdkClientException"),
    function("ServiceBusyError"),
    Fails("Lambda.Unknown"),
    function("Sandbox.Timedout"),
]
SERVICE = Fails("SageMaker.ThrottlingException")
CALLS: tuple[str, ...] = (TRAIN, TUNE, REFIT, SAVE, "Save champion Model", "Register model")
TRIED_AGAIN: Path = (
    *until(TRAIN),
    "Training complete?",
    "Tune?",
    TUNE,
    "Choose trial",
    "Take chosen hyperparameters",
    "Take best trial",
    "Keep in mind",
    "Refit?",
    "Plan refit",
    "Refit planned?",
    REFIT,
    "Refit complete?",
    "Take refit",
    *after("Without refit"),
)
WHOLE = fitted(refit=True, tuning=TUNING, champion={"usable": True, "reason": ""})
ALL_PASSES = dict.fromkeys(FUNCTIONS, PASSING) | {state: [SERVICE] for state in CALLS}
# What a task meets that no retry helps against, how the run goes on, and how it ends.
ENDS = {
    "that a service has refused": (
        [function("ServiceRefusedError")],
        FUNCTION_FAILED,
        "ServiceRefusedError",
        "A sentence for people.",
    ),
    "that hangs": (
        [TIMEOUT] * 3,
        ("Step timed out",),
        "StepTimedOut",
        "The step took longer than its limit.",
    ),
    "that may not be called": (
        [Fails("Lambda.AccessDeniedException")],
        STEP_FAILED,
        "Lambda.AccessDeniedException",
        "The service says why.",
    ),
}

SCENARIOS = [
    scenario(
        "every fault that passes",
        TRIED_AGAIN,
        answers=ALL_PASSES
        | {
            "Find champion": [*PASSING, {"found": True, "model_package_arn": CHAMPION}],
            "Fit encoder": [*PASSING, WHOLE],
            # With several children, chance would tell which of them meets what.
            "Profile chunks": [[{"index": 0}]],
            "Encode chunks": [[{"index": 0}]],
            TRANSFORM: [SERVICE],
            CHAMPION_TRANSFORM: [SERVICE],
        },
    ),
    scenario(
        "sample is made in the end",
        ("Dataset given?", "Generate dataset", *after("Dataset given?")),
        given={"rows": 500},
        answers={"Generate dataset": PASSING},
        inputs={"Generate dataset": ("sample.rows", (500,) * 7)},
    ),
    scenario(
        "search goes on in the end",
        (*until("Tune?"), CONTINUE, *TRIED_AGAIN[TRIED_AGAIN.index(TUNE) + 1 :]),
        answers={
            "Fit encoder": [fitted(refit=True, tuning=TUNING | {"warm_start": WARM_START})],
            CONTINUE: [SERVICE] * 5,
        },
    ),
    *(
        scenario(
            f"{state} {which}",
            (*before, *path),
            given={} if state == "Generate dataset" else {"key": "inbox/churn/churn.csv"},
            answers={state: answers},
            error=error,
            cause=cause,
        )
        for state, before in (
            ("Generate dataset", ("Dataset given?", "Generate dataset")),
            *((state, until(state)) for state in ("Plan data", "Find champion", "Fit encoder")),
            *((state, until(state)) for state in ("Evaluate", "Take turn")),
        )
        for which, (answers, path, error, cause) in ENDS.items()
    ),
    *(
        scenario(
            f"{state} is out of time",
            (*until(state), "Step timed out"),
            answers={state: [TIMEOUT]},
            error="StepTimedOut",
        )
        for state in ("Profile chunks", "Encode chunks", TRAIN)
    ),
    scenario(
        "quota is not told in time", USUAL_PATH, answers={"Look at transform quota": [TIMEOUT]}
    ),
]

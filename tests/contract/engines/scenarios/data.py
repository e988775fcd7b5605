"""From a drop to the parts that are trained on."""

from tests.contract.engines.answers import fitted
from tests.contract.engines.scenarios.ways import (
    FUNCTION_FAILED,
    STEP_FAILED,
    TRAIN,
    USUAL_PATH,
    after,
    function,
    scenario,
    until,
)
from tests.contract.engines.script import RUN, Fails

BUSY = function("ServiceBusyError", "S3 is busy; drop the file again.")
REJECTED = ("Read rejection", "Input rejected")
UNREAD = Fails("States.ItemReaderFailed", "The specified key does not exist.")
TIMEOUT = Fails("States.Timeout", "")
GONE = "The run's list of chunks in the bucket, manifest.json ..."
THRESHOLD = "The specified tolerated failure threshold was exceeded"

SCENARIOS = [
    scenario("drop is promoted", USUAL_PATH),
    scenario(
        "empty input makes the sample",
        ("Dataset given?", "Generate dataset", *after("Dataset given?")),
        given={},
        inputs={"Generate dataset": ("execution_name", (RUN,))},
    ),
    scenario(
        "sample is refused",
        ("Dataset given?", "Generate dataset", *REJECTED),
        given={"rows": -1},
        answers={"Generate dataset": [function("SettingsError", "rows is -1; give 1 or more.")]},
        error="SettingsError",
        cause="rows is -1; give 1 or more.",
    ),
    scenario(
        "sample cannot be written",
        ("Dataset given?", "Generate dataset", *FUNCTION_FAILED),
        given={},
        answers={"Generate dataset": [function("ServiceRefusedError")]},
        error="ServiceRefusedError",
        cause="A sentence for people.",
    ),
    scenario(
        "drop is refused by its name",
        (*until("Plan data"), *REJECTED),
        answers={"Plan data": [function("DropNameError", "a.xls is no CSV; drop a CSV.")]},
        error="DropNameError",
        cause="a.xls is no CSV; drop a CSV.",
    ),
    scenario(
        "function that is busy nine times fails the run",
        (*until("Plan data"), *FUNCTION_FAILED),
        answers={"Plan data": [BUSY] * 9},
        error="ServiceBusyError",
        cause="S3 is busy; drop the file again.",
    ),
    scenario(
        "function that is busy eight times does not",
        USUAL_PATH,
        answers={"Plan data": [BUSY] * 8},
    ),
    scenario(
        "function that ends no time three times fails the run",
        (*until("Plan data"), "Step timed out"),
        answers={"Plan data": [TIMEOUT] * 3},
        error="StepTimedOut",
        cause="The step took longer than its limit.",
    ),
    scenario(
        "process that ends three times fails the run",
        (*until("Plan data"), *FUNCTION_FAILED),
        answers={"Plan data": [function("Runtime.ExitError", "Runtime exited")] * 3},
        error="Runtime.ExitError",
        cause="Runtime exited",
    ),
    scenario(
        "function that may not be called fails the run",
        (*until("Plan data"), *STEP_FAILED),
        answers={"Plan data": [Fails("Lambda.ResourceNotFoundException", "Function not found")]},
        error="Lambda.ResourceNotFoundException",
        cause="Function not found",
    ),
    scenario(
        "document without what a function says fails the run with all of it",
        (*until("Plan data"), "Cause is a document?", "Read cause", "What failed?", "Step failed"),
        answers={"Plan data": [Fails("Unheard.Of", '{"a": 1}')]},
        error="Unheard.Of",
        cause='{"a": 1}',
    ),
    scenario(
        "error with an empty cause fails the run with that",
        (*until("Plan data"), *STEP_FAILED),
        answers={"Plan data": [Fails("Unheard.Of", "")]},
        error="Unheard.Of",
        cause="",
    ),
    scenario(
        "list of chunks cannot be read for a while",
        USUAL_PATH,
        answers={"Profile chunks": [UNREAD] * 6, "Encode chunks": [UNREAD] * 6},
    ),
    scenario(
        "list of chunks to profile cannot be read",
        (*until("Profile chunks"), "List of chunks unreadable"),
        answers={"Profile chunks": [UNREAD] * 7},
        error="ArtefactError",
        cause=GONE,
    ),
    scenario(
        "list of chunks to encode cannot be read",
        (*until("Encode chunks"), "List of chunks unreadable"),
        answers={"Encode chunks": [UNREAD] * 7},
        error="ArtefactError",
        cause=GONE,
    ),
    scenario(
        "chunk that cannot be profiled fails the run",
        (*until("Profile chunks"), *STEP_FAILED),
        answers={"Profile chunk": [function("ArtefactError")]},
        error="States.ExceedToleratedFailureThreshold",
        cause=THRESHOLD,
    ),
    scenario(
        "chunk that cannot be encoded fails the run",
        (*until("Encode chunks"), *STEP_FAILED),
        answers={"Encode chunk": [function("ArtefactError")]},
        error="States.ExceedToleratedFailureThreshold",
        cause=THRESHOLD,
    ),
    scenario(
        "champion cannot be looked up",
        (*until("Find champion"), *FUNCTION_FAILED),
        answers={"Find champion": [function("ServiceRefusedError")]},
        error="ServiceRefusedError",
        cause="A sentence for people.",
    ),
    scenario(
        "target cannot be learned",
        (*until("Fit encoder"), *REJECTED),
        answers={"Fit encoder": [function("TargetUnusableError", "All values are 1.")]},
        error="TargetUnusableError",
        cause="All values are 1.",
    ),
    scenario("key that is null is a key", USUAL_PATH, given={"key": None}),
    scenario(
        "transform quota is zero",
        (*until("Transforms allowed?"), "Transform quota is 0"),
        answers={
            "Look at transform quota": [
                {
                    "Quota": {
                        "QuotaName": "<TransformInstanceType> for transform job usage",
                        "Value": 0,
                    }
                }
            ]
        },
        error="TransformQuotaIsZero",
        cause="Nothing was trained: the account's quota '<TransformInstanceType> ...",
    ),
    scenario(
        "quota of another machine is zero",
        USUAL_PATH,
        answers={
            "Look at transform quota": [
                {"Quota": {"QuotaName": "ml.p5 for transform job usage", "Value": 0}}
            ]
        },
    ),
    scenario(
        "quota is not known",
        USUAL_PATH,
        answers={
            "Look at transform quota": [
                Fails("ServiceQuotas.TooManyRequestsException"),
                Fails("ServiceQuotas.AccessDeniedException"),
            ]
        },
    ),
    scenario(
        "answer without a chunk list ends the run at once",
        until("Encode chunks"),
        answers={"Fit encoder": [{k: v for k, v in fitted().items() if k != "chunks"}]},
        error="States.Runtime",
        cause=None,
    ),
    scenario(
        "answer without a time limit ends the run at once",
        until(TRAIN),
        answers={"Fit encoder": [{k: v for k, v in fitted().items() if k != "timeout_seconds"}]},
        error="States.Runtime",
        cause=None,
    ),
]

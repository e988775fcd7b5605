"""The refit, no end of which ends the run."""

from tests.contract.engines.answers import (
    ATTEMPTS,
    SEARCHES,
    TUNING,
    fitted,
    model_data,
    stopped,
)
from tests.contract.engines.scenarios.ways import (
    BROKEN,
    CHOSEN,
    END,
    INVALID,
    LOST,
    REFIT,
    STOPS,
    TAKEN,
    THROTTLING,
    TRAIN,
    TUNE,
    Path,
    function,
    over_quota,
    refused,
    scenario,
    training_job,
    until,
)
from tests.contract.engines.script import RUN, Fails

AGAIN = {"Fit encoder": [fitted(refit=True)]}
BEFORE = until("Tune?")
SEARCH_NAMES = "HyperParameterTuningJobName"
BEFORE_REFIT: Path = (*BEFORE, "Keep in mind", "Refit?", "Plan refit", "Refit planned?")
KEPT: Path = ("Keep first model", *END)
WAIT_REFIT: Path = ("Wait for the refit", "Refit planned?")
REFUSE_REFIT = ("Refit refused?", "Count the refused refit", *WAIT_REFIT)
FULL_REFIT = ("Refit refused?", "Count the refit's full quota", *WAIT_REFIT)
LOSE_REFIT: Path = ("Stop lost refit", "Count the lost refit", *WAIT_REFIT)
DONE: Path = ("Refit complete?", "Take refit", *END)

REFITTING = [
    scenario(
        "model is trained once more",
        (*BEFORE_REFIT, REFIT, *DONE),
        answers=AGAIN,
        inputs={
            REFIT: ("TrainingJobName", (ATTEMPTS[1],)),
            "Save Model": ("ModelName", (ATTEMPTS[1],)),
        },
    ),
    scenario(
        "refit is not planned",
        (*BEFORE_REFIT, *END),
        answers=AGAIN | {"Plan refit": [{"planned": False, "reason": "few rounds"}]},
    ),
    scenario(
        "refit cannot be planned",
        (*BEFORE_REFIT[:-1], *KEPT),
        answers=AGAIN | {"Plan refit": [function("ArtefactError", "a")]},
        inputs={
            "Evaluate": (
                "refit.error",
                (
                    {
                        "Error": "ArtefactError",
                        "Cause": '{"errorType": "ArtefactError", "errorMessage": "a"}',
                    },
                ),
            )
        },
    ),
    scenario(
        "plan of the refit is not understood",
        (*BEFORE_REFIT, "Refit not understood", *KEPT),
        answers=AGAIN | {"Plan refit": [{}]},
        inputs={"Evaluate": ("refit.error.Error", ("AnswerUnknown",))},
    ),
    scenario(
        "plan of the refit is neither yes nor no",
        (*BEFORE_REFIT, "Answer unknown"),
        answers=AGAIN | {"Plan refit": [{"planned": "yes"}]},
        error="AnswerUnknown",
        cause="A function gave an answer that the state machine does not know; ...",
    ),
    scenario(
        "fit says neither that there is a refit nor that there is none",
        (*BEFORE_REFIT[:-2], "Answer unknown"),
        answers={"Fit encoder": [fitted(refit="yes")]},
        error="AnswerUnknown",
        cause="A function gave an answer that the state machine does not know; ...",
    ),
    scenario(
        "refit is refused for a while",
        (*BEFORE_REFIT, REFIT, *(*REFUSE_REFIT, REFIT) * 3, *FULL_REFIT, REFIT, *DONE),
        answers=AGAIN | {REFIT: [refused(), refused(BROKEN), refused(THROTTLING), over_quota()]},
    ),
    scenario(
        "quota is held for too long for a refit",
        (*BEFORE_REFIT, REFIT, *(*FULL_REFIT, REFIT) * 3, "Refit refused?", *KEPT),
        answers=AGAIN | {REFIT: [over_quota()] * 4},
    ),
    scenario(
        "refit is not valid",
        (*BEFORE_REFIT, REFIT, "Refit refused?", *KEPT),
        answers=AGAIN | {REFIT: [refused(INVALID)]},
    ),
    scenario(
        "refit's answers are lost",
        (*BEFORE_REFIT, REFIT, *LOSE_REFIT, REFIT, *LOSE_REFIT, REFIT, *DONE),
        answers=AGAIN | {REFIT: [LOST, TAKEN], "Stop lost refit": STOPS},
        inputs={
            REFIT: ("TrainingJobName", tuple(ATTEMPTS[1:4])),
            "Stop lost refit": ("TrainingJobName", (ATTEMPTS[1], *ATTEMPTS[1:3])),
        },
    ),
    scenario(
        "too many answers of a refit are lost",
        (*BEFORE_REFIT, *(REFIT, *LOSE_REFIT) * 21, *KEPT),
        answers=AGAIN | {REFIT: [LOST] * 21},
    ),
    scenario(
        "refit is stopped",
        (*BEFORE_REFIT, REFIT, "Refit complete?", "Refit stopped", *KEPT),
        answers=AGAIN | {REFIT: [stopped]},
        inputs={"Evaluate": ("refit.error", ({"Error": "JobStopped", "Cause": "Stopped"},))},
    ),
    scenario(
        "refit fails after throttles",
        (*BEFORE_REFIT, REFIT, *KEPT),
        answers=AGAIN
        | {REFIT: [Fails("SageMaker.ThrottlingException")] * 5 + [training_job("AlgorithmError")]},
        inputs={"Save Model": ("ModelName", (RUN,))},
    ),
]
BOTH = [
    scenario(
        "search, then refit, with waits before",
        (
            *until(TRAIN),
            "Stop lost job",
            "Count the lost job",
            "Wait for SageMaker",
            "Call again",
            TRAIN,
            "Training complete?",
            "Tune?",
            TUNE,
            *CHOSEN[:-1],
            "Plan refit",
            "Refit planned?",
            REFIT,
            *DONE,
        ),
        answers={"Fit encoder": [fitted(refit=True, tuning=TUNING)], TRAIN: [LOST]},
        inputs={
            TUNE: (SEARCH_NAMES, (SEARCHES[1],)),
            REFIT: ("TrainingJobName", (ATTEMPTS[2],)),
            "Choose decision": ("model_data", (model_data(ATTEMPTS[1]),)),
        },
    ),
]
SCENARIOS = [*REFITTING, *BOTH]

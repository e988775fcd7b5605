"""What becomes of a verdict."""

from tests.contract.engines.answers import verdict
from tests.contract.engines.scenarios.ways import (
    FUNCTION_FAILED,
    REGISTER,
    STEP_FAILED,
    USUAL_PATH,
    Path,
    after,
    function,
    refused_sdk,
    scenario,
    until,
)
from tests.contract.engines.script import Fails

NOT_REGISTERED: Path = until("Registered?")
AGAIN: Path = ("SageMaker busy?", "Count the refusal", "Wait for SageMaker", "Call again")
REGISTER_STATE = "Register model"
UNKNOWN = "A function gave an answer that the state machine does not know; report this as a defect."
BUSY = function("RegistrationBusyError", "Another run registers.")

SCENARIOS = [
    scenario(
        "model waits for a person",
        (*until("Good enough?"), *REGISTER[2:]),
        answers={"Evaluate": [verdict("pending")]},
        inputs={REGISTER_STATE: ("ModelApprovalStatus", ("PendingManualApproval",))},
    ),
    *(
        scenario(
            f"verdict is {word}",
            (*until("Good enough?"), "Keep champion"),
            answers={"Evaluate": [verdict(word)]},
        )
        for word in ("kept_champion", "below_minimum")
    ),
    scenario(
        "verdict is not known",
        (*until("Good enough?"), "Verdict unknown"),
        answers={"Evaluate": [verdict("excellent")]},
        error="VerdictUnknown",
        cause="Evaluate gave a verdict that the state machine does not know; ...",
    ),
    scenario(
        "there are more predictions than rows",
        (*until("Evaluate"), *FUNCTION_FAILED),
        answers={"Evaluate": [function("PredictionCountError")]},
        error="PredictionCountError",
        cause="A sentence for people.",
    ),
    scenario(
        "outcome of the turn is not known",
        (*until("Champion unchanged?"), "Answer unknown"),
        answers={"Take turn": [{"outcome": "perhaps"}]},
        error="AnswerUnknown",
        cause=UNKNOWN,
    ),
    scenario("turn is another's for long", USUAL_PATH, answers={"Take turn": [BUSY] * 60}),
    scenario(
        "turn is another's for too long",
        (*until("Take turn"), *FUNCTION_FAILED),
        answers={"Take turn": [BUSY] * 61},
        error="RegistrationBusyError",
        cause="Another run registers.",
    ),
    scenario(
        "registration is refused for a while",
        (*NOT_REGISTERED, *AGAIN, "Good enough?", *after("Good enough?")),
        answers={REGISTER_STATE: [Fails("SageMaker.ConflictException"), refused_sdk()]},
    ),
    scenario(
        "registration is not valid",
        (*NOT_REGISTERED, "SageMaker busy?", *STEP_FAILED),
        answers={REGISTER_STATE: [refused_sdk("1 validation error")]},
        error="SageMaker.SageMakerException",
        cause="1 validation error",
    ),
    scenario(
        "registration hangs",
        (*NOT_REGISTERED, "Step timed out"),
        answers={REGISTER_STATE: [Fails("States.Timeout", "")]},
        error="StepTimedOut",
        cause="The step took longer than its limit.",
    ),
    scenario(
        "registration may not be done",
        (*NOT_REGISTERED, *STEP_FAILED),
        answers={REGISTER_STATE: [Fails("SageMaker.AccessDenied", "not authorized")]},
        error="SageMaker.AccessDenied",
        cause="not authorized",
    ),
    scenario(
        "turn cannot be given back",
        USUAL_PATH,
        answers={"Give turn back": [function("ArtefactError")]},
    ),
    scenario(
        "neither registered nor given back",
        (*NOT_REGISTERED, *STEP_FAILED),
        answers={
            REGISTER_STATE: [
                Fails("SageMaker.ResourceLimitExceededException", "too many packages")
            ],
            "Give turn back": [function("ArtefactError")],
        },
        error="SageMaker.ResourceLimitExceededException",
        cause="too many packages",
    ),
]

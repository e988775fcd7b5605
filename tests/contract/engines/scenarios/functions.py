"""A function predicts the test rows, and a job what the function cannot."""

from tests.contract.engines.answers import CHAMPION, fitted, model_data
from tests.contract.engines.scenarios.comparing import COMPARED, COUNTED, MAKE, RETRIED, TWICE
from tests.contract.engines.scenarios.faults import PASSING
from tests.contract.engines.scenarios.ways import (
    OTHER,
    OWN,
    PREDICT,
    REFIT,
    TRANSFORM,
    USUAL_PATH,
    Path,
    after,
    function,
    scenario,
    until,
)
from tests.contract.engines.script import RUN, Fails

MODEL, RIVAL = "Predict by model", "Predict by champion"
ARTEFACT = "s3://dropforge-bucket/runs/churn-earlier/model/model.tar.gz"
FOUND = {"found": True, "model_package_arn": CHAMPION, "model_data": ARTEFACT}
ALONE = {"Fit encoder": [fitted(engine="function")]}
BOTH = {
    "Find champion": [FOUND],
    "Fit encoder": [fitted(engine="function", champion={"usable": True, "reason": ""})],
}
OWN_FUNCTION: Path = (OWN, MODEL)
RIVAL_FUNCTION: Path = (OTHER, RIVAL, "Champion compared")
NO_QUOTA = {"Quota": {"QuotaName": "<TransformInstanceType> for transform job usage", "Value": 0}}

SCENARIOS = [
    scenario(
        "function predicts, without a quota for jobs",
        USUAL_PATH,
        answers=ALONE | {"Look at transform quota": [NO_QUOTA]},
        within={OWN: OWN_FUNCTION, OTHER: (OTHER, "No champion to compare")},
        inputs={MODEL: ("model_data", (model_data(RUN),))},
    ),
    scenario(
        "function predicts by both models",
        USUAL_PATH,
        answers=BOTH,
        within={OWN: OWN_FUNCTION, OTHER: RIVAL_FUNCTION},
        inputs={RIVAL: ("model_data", (ARTEFACT,)), MODEL: ("champion", (False,))},
    ),
    scenario(
        "function predicts by the second training",
        (
            *until("Refit?"),
            "Plan refit",
            "Refit planned?",
            REFIT,
            "Refit complete?",
            "Take refit",
            *after("Without refit"),
        ),
        answers={"Fit encoder": [fitted(engine="function", refit=True)]},
        within={OWN: OWN_FUNCTION},
        inputs={
            MODEL: ("model_data", (model_data(f"{RUN}-r1"),)),
            "Choose decision": ("model_data", (model_data(RUN),)),
        },
    ),
    scenario(
        "function meets what passes",
        USUAL_PATH,
        answers=BOTH | {MODEL: PASSING, RIVAL: PASSING},
        within={OWN: OWN_FUNCTION, OTHER: RIVAL_FUNCTION},
        inputs={RIVAL: ("champion", (True,) * 7)},
    ),
    scenario(
        "function cannot, so that jobs predict",
        USUAL_PATH,
        answers=BOTH
        | {
            MODEL: [function("PredictionTimeError")],
            RIVAL: [Fails("States.Timeout", "")] * 3,
        },
        within={OWN: (*OWN_FUNCTION, TRANSFORM), OTHER: (OTHER, RIVAL, MAKE[-1], *COMPARED)},
        inputs={"Evaluate": ("comparison.compared", (True,))},
    ),
    scenario(
        "package of the model in use does not say where it lies",
        USUAL_PATH,
        answers=BOTH | {"Find champion": [{k: v for k, v in FOUND.items() if k != "model_data"}]},
        within={OWN: OWN_FUNCTION, OTHER: (*MAKE, *COMPARED)},
    ),
    scenario(
        "model in use cannot be compared, and a function predicts",
        USUAL_PATH,
        answers=BOTH
        | {"Fit encoder": [fitted(engine="function", champion={"usable": False, "reason": "x"})]},
        within={OWN: OWN_FUNCTION, OTHER: (OTHER, "No champion to compare")},
    ),
    scenario(
        "champion changes between two predictions of a function",
        TWICE,
        answers={"Take turn": [{"outcome": "champion_changed"}]}
        | {state: answers * 2 for state, answers in BOTH.items()},
        within={
            OWN: (*OWN_FUNCTION, OWN, "Test rows predicted"),
            OTHER: RIVAL_FUNCTION * 2,
        },
    ),
    scenario(
        "function predicts, and a new champion is a job's",
        (*until("Good enough?"), *COUNTED, *RETRIED, *after(PREDICT)),
        answers={
            "Find champion": [FOUND] * 2,
            "Fit encoder": [
                BOTH["Fit encoder"][0],
                fitted(champion={"usable": True, "reason": ""}),
            ],
            "Evaluate": [{"verdict": "champion_changed"}],
        },
        within={
            OWN: (*OWN_FUNCTION, OWN, "Test rows predicted"),
            OTHER: (*RIVAL_FUNCTION, *MAKE, *COMPARED),
        },
    ),
]

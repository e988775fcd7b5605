"""The model in use predicts the same rows, and may be another by then."""

from tests.contract.engines.answers import ATTEMPTS, CHAMPION, TUNING, fitted, verdict
from tests.contract.engines.scenarios.ways import (
    BROKEN,
    CHAMPION_TRANSFORM,
    EXISTS,
    EXPLAIN,
    INVALID,
    OTHER,
    OWN,
    PREDICT,
    THROTTLING,
    TRANSFORM,
    TUNE,
    USUAL_PATH,
    Path,
    after,
    job,
    over_quota,
    refused,
    refused_sdk,
    scenario,
    until,
)
from tests.contract.engines.script import Fails

USABLE = {
    "Find champion": [{"found": True, "model_package_arn": CHAMPION}],
    "Fit encoder": [fitted(champion={"usable": True, "reason": ""})],
}
MAKE: Path = (OTHER, "Save champion Model")
COMPARED: Path = (CHAMPION_TRANSFORM, "Champion compared")
CHAMPION_WAIT: Path = ("Wait for the champion", "Save champion Model")
FULL_CHAMPION: Path = ("Champion call busy?", "Count the champion's full quota", *CHAMPION_WAIT)
REFUSED_CHAMPION: Path = ("Champion call busy?", "Count the refused call", *CHAMPION_WAIT)
RETRIED: Path = ("Find champion", "Fit encoder", "Encode chunks", "Trained already?", PREDICT)
COUNTED: Path = ("Count comparison", "Compare again?")
TWICE: Path = (*USUAL_PATH[:-4], *COUNTED, *RETRIED, *after(PREDICT))

SCENARIOS = [
    scenario(
        "champion is compared",
        USUAL_PATH,
        answers=USABLE,
        within={OTHER: (*MAKE, *COMPARED)},
        inputs={CHAMPION_TRANSFORM: ("TransformJobName", (f"{ATTEMPTS[0]}-c",))},
    ),
    scenario(
        "champion's model is there already, and its job fails once",
        USUAL_PATH,
        answers=USABLE
        | {
            "Save champion Model": [refused_sdk(EXISTS)],
            CHAMPION_TRANSFORM: [
                Fails("SageMaker.ResourceInUseException"),
                Fails("SageMaker.SdkClientException"),
                job(TransformJobStatus="Failed"),
            ],
        },
        within={OTHER: (*MAKE, "Champion Model exists already?", *COMPARED)},
        inputs={CHAMPION_TRANSFORM: ("TransformJobName", tuple(f"{a}-c" for a in ATTEMPTS[:4]))},
    ),
    scenario(
        "champion's calls are refused for a while",
        USUAL_PATH,
        answers=USABLE
        | {
            "Save champion Model": [refused_sdk()],
            CHAMPION_TRANSFORM: [refused(BROKEN), refused(THROTTLING), over_quota()],
        },
        within={
            OTHER: (
                *MAKE,
                "Champion Model exists already?",
                *REFUSED_CHAMPION,
                CHAMPION_TRANSFORM,
                *REFUSED_CHAMPION,
                CHAMPION_TRANSFORM,
                *REFUSED_CHAMPION,
                CHAMPION_TRANSFORM,
                *FULL_CHAMPION,
                *COMPARED,
            )
        },
    ),
    *(
        scenario(
            f"champion {name}",
            USUAL_PATH,
            answers=USABLE | answers,
            within={OTHER: (*MAKE, *way, "Champion not comparable")},
            inputs={
                "Evaluate": (
                    "comparison.reason",
                    (f"its batch transform failed: {error}",),
                )
            },
        )
        for name, answers, way, error in (
            (
                "waits too long for its quota",
                {CHAMPION_TRANSFORM: [over_quota()] * 4},
                (
                    *(CHAMPION_TRANSFORM, *FULL_CHAMPION) * 3,
                    CHAMPION_TRANSFORM,
                    "Champion call busy?",
                ),
                "SageMaker.ResourceLimitExceededException",
            ),
            (
                "fails twice",
                {CHAMPION_TRANSFORM: [job(TransformJobStatus="Failed")] * 2},
                (CHAMPION_TRANSFORM,),
                "States.TaskFailed",
            ),
            (
                "is not valid",
                {"Save champion Model": [refused_sdk(INVALID)]},
                ("Champion Model exists already?", "Champion call busy?"),
                "SageMaker.SageMakerException",
            ),
            (
                "stays throttled",
                {"Save champion Model": [Fails("SageMaker.ThrottlingException")] * 9},
                (),
                "SageMaker.ThrottlingException",
            ),
        )
    ),
    scenario(
        "champion changes before the turn",
        TWICE,
        answers={"Take turn": [{"outcome": "champion_changed"}]}
        | {state: answers * 2 for state, answers in USABLE.items()},
        within={
            OWN: (OWN, TRANSFORM, OWN, "Test rows predicted"),
            EXPLAIN: (EXPLAIN, "Choose decision", "Explain model", EXPLAIN, "Explained before"),
        },
        inputs={
            CHAMPION_TRANSFORM: ("TransformJobName", (f"{ATTEMPTS[0]}-c", f"{ATTEMPTS[0]}-d")),
            "Fit encoder": ("comparison", (0, 1)),
        },
    ),
    scenario(
        "champion changes while a search is judged",
        (
            *until("Tune?"),
            TUNE,
            "Choose trial",
            "Take chosen hyperparameters",
            "Take best trial",
            *after("Tune?")[:7],
            *COUNTED,
            *RETRIED,
            *after(PREDICT),
        ),
        answers={
            "Fit encoder": [fitted(tuning=TUNING)],
            "Evaluate": [verdict("champion_changed")],
        },
        within={
            "Search to measure?": (
                "Search to measure?",
                "Predict by trials",
                "Search to measure?",
                "Search measured before",
            )
        },
        inputs={"Evaluate": ("trials.predicted", (True, True))},
    ),
    scenario(
        "champion changes each time",
        (
            *until("Good enough?"),
            *((*COUNTED, *RETRIED, "Evaluate", "Good enough?") * 19),
            *COUNTED,
            "Evaluate",
            "Good enough?",
            "Register model",
            *after("Register model"),
        ),
        answers={"Evaluate": [verdict("champion_changed")] * 20 + [verdict("pending")]},
    ),
]

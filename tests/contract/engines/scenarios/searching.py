"""The search for hyperparameters, no end of which ends the run."""

from tests.contract.engines.answers import (
    SEARCHES,
    TUNING,
    WARM_START,
    fitted,
)
from tests.contract.engines.scenarios.ways import (
    BROKEN,
    CHOSEN,
    CONTINUE,
    END,
    INVALID,
    LOST,
    QUOTA_ZERO,
    STOPS,
    TAKEN,
    THROTTLING,
    TUNE,
    Path,
    function,
    job,
    over_quota,
    refused,
    scenario,
    until,
)
from tests.contract.engines.script import RUN, Fails

SEARCH = {"Fit encoder": [fitted(tuning=TUNING)]}
WARM = {"Fit encoder": [fitted(tuning=TUNING | {"warm_start": WARM_START})]}
BEFORE = until("Tune?")
AFTER_SEARCH: Path = (*CHOSEN, *END)
EARLY: Path = ("Search ended early", *AFTER_SEARCH)
WAIT_SEARCH: Path = ("Wait for the search", "Tune?")
LOSE_SEARCH: Path = ("Stop lost search", "Count the lost search", *WAIT_SEARCH)
SEARCH_NAMES = "HyperParameterTuningJobName"
REFUSE_SEARCH = ("Search refused?", "Count the refused search", *WAIT_SEARCH)
FULL_SEARCH = ("Search refused?", "Count the search's full quota", *WAIT_SEARCH)
REFUSE_PARENT = ("Parent refused?", "Count the refused search", *WAIT_SEARCH)
FULL_PARENT = ("Parent refused?", "Count the search's full quota", *WAIT_SEARCH)

SCENARIOS = [
    scenario(
        "search finds something",
        (*BEFORE, TUNE, *AFTER_SEARCH),
        answers=SEARCH,
        within={"Search to measure?": ("Search to measure?", "Predict by trials")},
        inputs={"Save Model": ("ModelName", (f"{RUN}-001-abc",))},
    ),
    scenario(
        "search goes on from an earlier one",
        (*BEFORE, CONTINUE, *AFTER_SEARCH),
        answers=WARM,
        inputs={CONTINUE: ("WarmStartConfig", (WARM_START,))},
    ),
    scenario(
        "earlier search is refused",
        (
            *BEFORE,
            CONTINUE,
            *REFUSE_PARENT,
            CONTINUE,
            *FULL_PARENT,
            CONTINUE,
            "Parent refused?",
            "Search afresh",
            TUNE,
            *REFUSE_SEARCH,
            TUNE,
            *AFTER_SEARCH,
        ),
        answers=WARM
        | {CONTINUE: [refused(BROKEN), over_quota(), refused(INVALID)], TUNE: [refused()]},
        inputs={TUNE: (SEARCH_NAMES, (SEARCHES[0],) * 2)},
    ),
    scenario(
        "earlier search is throttled",
        (*BEFORE, *(CONTINUE, *REFUSE_PARENT) * 2, CONTINUE, *AFTER_SEARCH),
        answers=WARM | {CONTINUE: [refused(), refused(THROTTLING)]},
    ),
    scenario(
        "earlier search's answer is lost",
        (*BEFORE, CONTINUE, *LOSE_SEARCH, CONTINUE, *EARLY),
        answers=WARM | {CONTINUE: [LOST, Fails("SageMaker.AccessDenied")]},
        inputs={CONTINUE: (SEARCH_NAMES, tuple(SEARCHES[:2]))},
    ),
    scenario(
        "search is refused for a while",
        (*BEFORE, TUNE, *(*REFUSE_SEARCH, TUNE) * 3, *FULL_SEARCH, TUNE, *AFTER_SEARCH),
        answers=SEARCH | {TUNE: [refused(), refused(BROKEN), refused(THROTTLING), over_quota()]},
        waited={"Wait for the search": (10, 10, 10, 300)},
    ),
    scenario(
        "search is refused",
        (*BEFORE, TUNE, "Search refused?", *EARLY),
        answers=SEARCH | {TUNE: [over_quota(QUOTA_ZERO)]},
    ),
    scenario(
        "search is throttled by name, then fails",
        (*BEFORE, TUNE, *EARLY),
        answers=SEARCH
        | {TUNE: [Fails("SageMaker.ThrottlingException")] * 5 + [job(FailureReason="no best job")]},
    ),
    scenario(
        "search's answers are lost",
        (*BEFORE, TUNE, *LOSE_SEARCH, TUNE, *LOSE_SEARCH, TUNE, *AFTER_SEARCH),
        answers=SEARCH | {TUNE: [LOST, TAKEN], "Stop lost search": STOPS},
        inputs={TUNE: (SEARCH_NAMES, tuple(SEARCHES[:3]))},
    ),
    scenario(
        "too many answers of a search are lost",
        (*BEFORE, *(TUNE, *LOSE_SEARCH) * 21, *EARLY),
        answers=SEARCH | {TUNE: [LOST] * 21},
    ),
    scenario(
        "search cannot be looked at",
        (*BEFORE, TUNE, "Choose trial", "Keep first trial", *AFTER_SEARCH[1:]),
        answers=SEARCH | {"Choose trial": [function("ArtefactError")]},
        inputs={"Predict by trials": ("models", ([],)), "Save Model": ("ModelName", (RUN,))},
    ),
    scenario(
        "what the search gained is not measured",
        (*BEFORE, TUNE, *AFTER_SEARCH),
        answers=SEARCH | {"Predict by trials": [function("ArtefactError")]},
        within={
            "Search to measure?": ("Search to measure?", "Predict by trials", "Search not measured")
        },
        inputs={
            "Evaluate": (
                "trials",
                ({"predicted": False, "reason": "Predict by trials ended with ArtefactError"},),
            )
        },
    ),
]

"""Where the two engines differ, with the reason."""

from tests.contract.engines.comparing import Difference, View
from tests.contract.engines.scenarios.ways import PREDICT, TRAIN

END = ("status", "error", "cause", "output")


def without_cause_of_timeout(seen: View) -> View:
    for _, given in seen["entered"][""]:
        if isinstance(given, dict) and given.get("error", {}).get("Error") == "States.Timeout":
            given["error"]["Cause"] = ""
    return seen


DIFFERENCES = {
    "a Map Run's failed children": Difference(
        "local",
        "The second engine says of itself that ToleratedFailureCount has no effect: children may"
        " fail as they like. On AWS more failed items than tolerated end the Map with"
        " States.ExceedToleratedFailureThreshold (developer guide, Handling errors, Error names).",
        {
            "chunk that cannot be profiled fails the run": "Profile chunks",
            "chunk that cannot be encoded fails the run": "Encode chunks",
        },
        END,
    ),
    "a Fail state that passes a States error on": Difference(
        "open",
        "The second engine ends with States.Runtime and a Python error where ErrorPath finds a name"
        " that begins with States. The guide says that errors which states report by themselves"
        " must not begin so, not that ErrorPath must not find what a catcher has put there, and"
        " many state machines pass it on so.",
        {
            "capacity does not come back": None,
            "training fails by its data": None,
        },
        ("error", "cause"),
    ),
    "a branch that fails with a States error": Difference(
        "local",
        "The second engine ends with States.Runtime and a Python error, and no catcher sees it. On"
        " AWS a Parallel fails with its branch's error, and its catchers apply (developer guide,"
        " Parallel workflow state, Error handling).",
        {
            "transform fails three times": PREDICT,
            "transform is stopped three times": PREDICT,
            "transform hangs": PREDICT,
        },
        ("error", "cause"),
    ),
    "catching States.Runtime": Difference(
        "local",
        "The second engine lets States.ALL catch States.Runtime, and words it otherwise. On AWS it"
        " cannot (developer guide, Handling errors, States.ALL).",
        {
            "answer without a chunk list ends the run at once": "Encode chunks",
            "answer without a time limit ends the run at once": TRAIN,
        },
        ("error", "cause"),
    ),
    "the cause of States.Timeout": Difference(
        "open",
        "The local cloud names the limit, the second engine leaves the cause empty; the API"
        " reference says that TaskTimedOut may have one.",
        {"training hangs": None},
        change=without_cause_of_timeout,
    ),
    "an empty cause": Difference(
        "open",
        "The second engine leaves an empty cause out of what the execution ends with; the API"
        " reference allows one of no characters.",
        {"error with an empty cause fails the run with that": None},
        ("cause",),
    ),
}
"""Of scenarios. What holds for all of them is in `comparable`."""


def comparable(seen: View) -> View:
    """Leave out the one difference that may be in any scenario.

    A Retry waits at most a minute in the local cloud, whatever its interval, so that a run is
    watched here in minutes; AWS waits for as long as IntervalSeconds, BackoffRate and
    MaxDelaySeconds say (developer guide, Handling errors, Retrying after an error).
    """
    waits = {"Wait for capacity", "Wait for SageMaker", "Wait for the search"}
    waits |= {"Wait for the refit", "Wait for the transform", "Wait for the champion"}
    seen["waited"] = {
        name: pairs if name in waits else [[state, min(seconds, 60.0)] for state, seconds in pairs]
        for name, pairs in seen["waited"].items()
    }
    return seen

"""What a run's hyperparameters begin with: what a search found for the model in use.

They go with the champion, not with the dataset: a model that was not good enough passes nothing on,
and a rollback takes the hyperparameters back as well (docs/adr/0063).
"""

from dataclasses import dataclass

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.kinds import Kind, T
from pipeline.documents.run_files import RunFiles
from pipeline.documents.search.found import Found, Start
from pipeline.documents.state import Champion
from pipeline.errors import ArtefactError
from pipeline.vocabulary import Task
from pipeline.wording import counted

USUAL_BOOSTER = "gbtree"
_SHARES = {"colsample_bynode", "colsample_bytree"}
_ROWS_RATIO = 4
_FEATURES_RATIO = 2
"""How many times more or fewer there may be: depth and weights suit a size of data."""


@dataclass(frozen=True)
class Beside:
    """What the run trains on, which a search of an earlier run must fit."""

    run: str
    task: Task
    rows: int
    features: int


def start_of(
    files: RunFiles,
    champion: Champion,
    beside: Beside,
    defaults: dict[str, str],
    own: dict[str, object],
    again: bool,
) -> Start | None:
    """Return what the champion's run knows of a search.

    Parameters
    ----------
    defaults : the hyperparameters without it.
    own : those that the settings name; they win.
    again : whether the run's model is trained, so that it stays as it began.

    Returns
    -------
    None if no search is known. What is damaged counts as that: it is no reason to end a run.
    """
    if again:
        return _read(files, kinds.START)
    if not champion.get("found") or "run" not in champion:
        return None
    found = _found(RunFiles(files.bucket, layout.prefix_of(champion["run"])))
    if found is None:
        return None
    reason = _unfit(found, beside, defaults)
    used = {} if reason else {n: v for n, v in found["hyperparameters"].items() if n not in own}
    return {"found": found, "used": used, "reason": reason}


def _found(champion: RunFiles) -> Found | None:
    searched = _read(champion, kinds.SEARCH)
    if searched is not None:
        return searched["found"]
    start = _read(champion, kinds.START)
    return start["found"] if start is not None and start["used"] else None


def _read(files: RunFiles, kind: Kind[T]) -> T | None:
    try:
        body = files.read_if_there(kind.file, kind=kind)
        return None if body is None else reading.checked(kind, body, files.uri(kind.file))
    except ArtefactError:
        return None


def _booster_of(found: Found) -> str:
    """Return the booster of a search; those of earlier versions tell only whether one was set."""
    usual = "unknown" if "booster" in found["names"] else USUAL_BOOSTER
    return found.get("booster", usual)


def begun_with(
    defaults: dict[str, str], own: dict[str, object], used: dict[str, str]
) -> dict[str, str]:
    """Return a run's hyperparameters: what an earlier search found in the place of the defaults.

    Shares of columns multiply, and which of them the defaults have goes by the size of the data:
    the one that was found stands for both.
    """
    found = _SHARES & used.keys()
    replaced = _SHARES - found - own.keys() if found else set()
    return {name: defaults[name] for name in defaults if name not in replaced} | used


def _unfit(found: Found, beside: Beside, defaults: dict[str, str]) -> str:
    """Say why what was found does not suit this run; "" if it does."""
    if found["task"] != beside.task:
        return f"it was for {found['task']}, and this run is {beside.task}"
    if found["objective"] != defaults["objective"]:
        return f"it was for the objective {found['objective']}, not {defaults['objective']}"
    before_booster, booster = _booster_of(found), defaults.get("booster", USUAL_BOOSTER)
    if before_booster != booster:
        return f"it was for the booster {before_booster}, not {booster}"
    for what, before, now, ratio in (
        ("row", found["rows"], beside.rows, _ROWS_RATIO),
        ("feature", found["features"], beside.features, _FEATURES_RATIO),
    ):
        if max(before, now) > ratio * max(min(before, now), 1):
            return f"it was for {counted(before, what)}, and this run trains on {now:,}"
    return ""

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
    body = files.read_if_there(kind.file, kind=kind)
    if body is None:
        return None
    try:
        return reading.checked(kind, body, files.uri(kind.file))
    except ArtefactError:
        return None


def _unfit(found: Found, beside: Beside, defaults: dict[str, str]) -> str:
    """Say why what was found does not suit this run; "" if it does."""
    if found["task"] != beside.task:
        return f"it was for {found['task']}, and this run is {beside.task}"
    if found["objective"] != defaults["objective"]:
        return f"it was for the objective {found['objective']}, not {defaults['objective']}"
    if "booster" in defaults and defaults["booster"] != "gbtree":
        return f"it was for trees, and this run trains {defaults['booster']}"
    for what, before, now, ratio in (
        ("row", found["rows"], beside.rows, _ROWS_RATIO),
        ("feature", found["features"], beside.features, _FEATURES_RATIO),
    ):
        if max(before, now) > ratio * max(min(before, now), 1):
            return f"it was for {counted(before, what)}, and this run trains on {now:,}"
    return ""

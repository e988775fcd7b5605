"""The decisions of the new model and of the champion, as the states before left them."""

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring.decision import Decision
from pipeline.documents.state import Champion
from pipeline.errors import ArtefactError
from pipeline.notices import Notice, notice
from pipeline.vocabulary import THRESHOLD, Task


def own_decision(files: RunFiles, task: Task) -> tuple[Decision | None, list[Notice]]:
    """Return the new model's decision; None, and why, if there is none to go by.

    A model is as good without: its own probabilities, and the usual threshold.
    """
    if task == "regression":
        return None, []
    try:
        found = files.read_document(kinds.DECISION)
    except ArtefactError as error:
        usual = f" and a row counts as positive from {THRESHOLD:g} on" if task == "binary" else ""
        return None, [
            notice(
                "decision_missing",
                f"Probabilities are as the model gives them{usual}: {error}",
            )
        ]
    if found["task"] != task:
        return None, [
            notice(
                "decision_missing",
                f"{files.uri(layout.DECISION)} is of the task {found['task']}, not of {task}, and "
                f"was left out; drop the file again",
            )
        ]
    return found, []


def champions_decision(files: RunFiles, champion: Champion) -> Decision | None:
    """Return the champion's decision as it was registered; None if it has none.

    Raises
    ------
    ArtefactError
        It is gone or damaged: what the champion predicts is not known then.
    """
    key = champion.get("decision_key")
    return reading.read_json(files.bucket, key, kinds.DECISION) if key else None

"""What the training goes by: defaults, what an earlier search found, the settings, a new search."""

from typing import NotRequired, TypedDict

from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.documents.search.facts import TuningFacts
from pipeline.documents.search.found import StartFacts
from pipeline.documents.state import Champion, JobFacts
from pipeline.settings import Settings
from prepare.training.hyperparameters import hyperparameters, own_of, refits
from prepare.training.memory import check_memory
from prepare.training.start import Beside, begun_with, start_of
from prepare.training.tuning import tuning_of
from table.columns.target import Target


class GoesBy(TypedDict):
    """The parts of Fit's answer that tell of hyperparameters."""

    hyperparameters: dict[str, str]
    refit: bool
    start: NotRequired[StartFacts]
    tuning: NotRequired[TuningFacts]


def goes_by(
    files: RunFiles,
    champion: Champion,
    target: Target,
    settings: Settings,
    job: JobFacts,
    beside: Beside,
    again: bool,
) -> GoesBy:
    """Decide the hyperparameters, and write start.json if an earlier search has a part in them.

    Raises
    ------
    SettingsError
        They contradict the task, or each other.
    FileLimitError
        The job's instances cannot hold the rows.
    """
    if not again:
        check_memory(files, beside, settings["split"], job["resource_config"])
    defaults, own = hyperparameters(target, settings, beside.rows), own_of(settings)
    start = start_of(files, champion, beside, defaults, own, again)
    if start and not again:
        files.write_document(kinds.START, start)
    chosen = begun_with(defaults, own, start["used"] if start else {})
    found: GoesBy = {
        "hyperparameters": chosen,
        "refit": refits(settings, chosen, beside.rows),
    }
    if start:
        found["start"] = {
            "run": start["found"]["run"],
            "used": sorted(start["used"]),
            "reason": start["reason"],
        }
    if "tuning" in settings:
        found["tuning"] = tuning_of(settings, beside, chosen, own, job, start)
    return found

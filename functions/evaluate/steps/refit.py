"""Step refit: a second training job, on train and validation rows, for the rounds that were found.

The validation rows told when to stop; from then on they serve best as rows to learn from
(docs/adr/0072).
"""

from typing import TypedDict

from evaluate.model.trees import ModelFormatError, read_model
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.kinds import Kind
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Fitted, RefitFacts, Training
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import ObjectStream
from scoring.archive import ModelArchiveError

MOST_BYTES = 128 * 1024**2
"""Of both channels, which lie in memory twice; 20,000 rows of 500 columns have about 60 MB."""
_SHORTEST_SECONDS = 60
_CHANNELS: dict[str, Kind[bytes]] = {
    "data/train": kinds.TRAIN,
    "data/validation": kinds.VALIDATION,
}


class RefitEvent(TypedDict):
    """What the step is given."""

    fit: Fitted
    training: Training
    """The training job whose rounds are taken, the best of a search if there was one."""


def plan_refit(files: RunFiles, event: RefitEvent) -> RefitFacts:
    """Write train and validation rows as one file, and return what the second job is given.

    Raises
    ------
    ArtefactError
        The model or the rows are missing or damaged.
    """
    fit, training = event["fit"], event["training"]
    stopping = _stopping(fit, training)
    if stopping is None:
        return _unplanned("the first training job took nearly all the time that is allowed")
    sizes = files.sizes()
    size = sum(size for name, size in sizes.items() if name.rpartition("/")[0] in _CHANNELS)
    if size > MOST_BYTES:
        return _unplanned(f"its rows have {size:,} bytes, and {MOST_BYTES:,} are put together")
    try:
        rounds = rounds_of(files, training["model_data"], fit["hyperparameters"])
    except ModelFormatError as error:
        return _unplanned(f"the rounds of the first model cannot be told: {error}")
    files.bucket.put(files.key(layout.REFIT, layout.part_name(0)), _together(files))
    chosen = {n: v for n, v in fit["hyperparameters"].items() if n != "early_stopping_rounds"}
    return {
        "planned": True,
        "reason": "",
        "rounds": rounds,
        "hyperparameters": chosen | {"num_round": str(rounds)},
        "stopping_condition": stopping,
    }


def rounds_of(files: RunFiles, uri: str, hyperparameters: dict[str, str]) -> int:
    """Return how many rounds a model has: a round has a tree a class, or several.

    Raises
    ------
    ModelFormatError
        Its trees cannot be read, or make no whole rounds.
    ArtefactError
        The archive is not there, or damaged.
    """
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    writer = kinds.MODEL.writer
    with present(uri, writer), ObjectStream(files.bucket.client, bucket, key) as archive:
        try:
            model = read_model(archive)
        except ModelArchiveError as error:
            raise damaged(uri, writer, f"is no archive of a model: {error}") from error
    each = int(hyperparameters.get("num_class", 1))
    each *= int(hyperparameters.get("num_parallel_tree", 1))
    rounds, rest = divmod(model.trees, each)
    if rest or not rounds or model.models > 1:
        raise ModelFormatError(
            f"it has {model.trees:,} trees in {model.models:,} models, where a round has {each:,}"
        )
    return rounds


def _stopping(fit: Fitted, training: Training) -> dict[str, int] | None:
    """Return what the first job left of its time, which max_cost_usd may have bought."""
    used = int(training["described"].get("TrainingTimeInSeconds") or 0)
    left = fit["stopping_condition"]["MaxRuntimeInSeconds"] - used
    if left < _SHORTEST_SECONDS:
        return None
    return fit["stopping_condition"] | {"MaxRuntimeInSeconds": left}


def _together(files: RunFiles) -> bytes:
    """Return the lines of all parts, in the order of their names."""
    parts: list[bytes] = [
        files.read(folder, name, kind=kind)
        for folder, kind in _CHANNELS.items()
        for name in files.names(folder)
    ]
    return b"".join(part if part.endswith(b"\n") or not part else part + b"\n" for part in parts)


def _unplanned(reason: str) -> RefitFacts:
    return {"planned": False, "reason": reason}

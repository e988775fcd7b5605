"""A model's files: model.tar.gz as SageMaker wrote it, encoder.json, and often decision.json."""

import json
from pathlib import Path

from dropforge.errors import ModelUnusableError
from dropforge.model.model import Model
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Encoder
from pipeline.errors import ArtefactError
from scoring.archive import ModelArchiveError, ModelTooLargeError
from scoring.booster import Ensemble
from scoring.decision import Decision
from table.encoding.build import READ, VERSION

_SAID = 300


def load_files(place: Path, run: str | None = None) -> Model:
    """Load a model.

    Parameters
    ----------
    place : the directory of the files, or one of the first two. Without a decision.json, as
        earlier versions and regressions have none, probabilities are the model's own.
    run : that trained it; looked for in evaluation.json beside them if not given.

    Raises
    ------
    ModelUnusableError
        A file is not there, is damaged or of another version, or the two do not belong together.
    """
    folder = place if place.is_dir() else place.parent
    archive = folder / layout.MODEL if place.is_dir() or place.name == layout.ENCODER else place
    encoder = _encoder(folder / layout.ENCODER)
    try:
        with _opened(archive).open("rb") as packed:
            ensemble = Ensemble.of_archive(packed)
    except (ModelArchiveError, ModelTooLargeError) as error:
        raise ModelUnusableError(
            f"{archive} cannot be loaded: {error}; fetch it again with `dropforge fetch RUN`"
        ) from error
    if ensemble.features != len(encoder["features"]):
        raise ModelUnusableError(
            f"{archive} takes {ensemble.features:,} features, and {folder / layout.ENCODER} makes "
            f"{len(encoder['features']):,}: they are of different runs; fetch both with "
            f"`dropforge fetch RUN`"
        )
    decision = _decision(folder / layout.DECISION)
    return Model(ensemble, encoder, run or _run(folder / layout.EVALUATION), decision)


def _opened(file: Path) -> Path:
    if not file.is_file():
        raise ModelUnusableError(
            f"{file} is not there; a model is the two files {layout.MODEL} and {layout.ENCODER} in "
            f"one directory, as `dropforge fetch RUN` writes them to dropforge-out/RUN"
        )
    return file


def _encoder(file: Path) -> Encoder:
    body = _opened(file).read_bytes()
    try:
        value = reading.checked(kinds.VERSIONED, body, str(file))
        if value["version"] not in READ:
            raise ModelUnusableError(
                f"{file} is of version {value['version']}, which another release of Dropforge "
                f"wrote; this one reads versions up to {VERSION}: load the model with that "
                f"release, or drop its file again to train it anew"
            )
        return reading.fitting(kinds.ENCODER, value, str(file))
    except ArtefactError as error:
        raise ModelUnusableError(
            f"{file} is no encoder of a model: {str(error)[:_SAID]}"
        ) from error


def _decision(file: Path) -> Decision:
    if not file.is_file():
        return Decision()
    try:
        return Decision.of_document(reading.checked(kinds.DECISION, file.read_bytes(), str(file)))
    except ArtefactError as error:
        raise ModelUnusableError(
            f"{file} is no decision of a model: {str(error)[:_SAID]}"
        ) from error


def _run(evaluation: Path) -> str | None:
    """Return the run that evaluation.json beside the model is of."""
    try:
        found = json.loads(evaluation.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    run = found.get("run") if isinstance(found, dict) else None
    return run if isinstance(run, str) else None

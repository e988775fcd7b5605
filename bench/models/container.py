"""Trains as SageMaker's container does: by the local cloud's own code, in its folders."""

import contextlib
import io
import json
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path

import xgboost

from bench.models.parts import Parts
from dropforge.cloud.sagemaker.container import train
from scoring.booster import Ensemble

_CHANNELS: Mapping[str, tuple[str, ...]] = {"train": ("train",), "validation": ("validation",)}


def trained(
    parts: Parts,
    hyperparameters: dict[str, str],
    log: io.StringIO | None = None,
    channels: Mapping[str, tuple[str, ...]] = _CHANNELS,
) -> Ensemble:
    """Run a training job on what Prepare wrote.

    Parameters
    ----------
    log : takes what the job prints.
    channels : which of Prepare's folders make up each of the job's.

    Raises
    ------
    RuntimeError
        With the text that the job leaves as its failure.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        _lay(root, parts, hyperparameters, channels)
        xgboost.set_config(verbosity=1)
        logging.disable(logging.CRITICAL)
        try:
            with contextlib.redirect_stdout(log or io.StringIO()):
                status = train.main(root)
        finally:
            logging.disable(logging.NOTSET)
        if status:
            raise RuntimeError((root / "output" / "failure").read_text("utf-8"))
        files = sorted((root / "model").iterdir())
        return Ensemble.of_files(path.read_bytes() for path in files)


def _lay(
    root: Path,
    parts: Parts,
    hyperparameters: dict[str, str],
    channels: Mapping[str, tuple[str, ...]],
) -> None:
    config = root / "input" / "config"
    config.mkdir(parents=True)
    channel = {"ContentType": "text/csv", "TrainingInputMode": "File"}
    for name, content in (
        ("hyperparameters", hyperparameters),
        ("inputdataconfig", dict.fromkeys(channels, channel)),
        ("resourceconfig", {"hosts": ["algo-1"], "current_host": "algo-1"}),
    ):
        (config / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    for name, folders in channels.items():
        target = root / "input" / "data" / name
        target.mkdir(parents=True)
        for folder in folders:
            for file, body in parts.run.files(folder).items():
                (target / f"{folder}-{file}").write_bytes(body)

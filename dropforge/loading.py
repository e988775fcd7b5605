"""Loads a model by its path, its run or its dataset: `dropforge.load`."""

from os import PathLike
from pathlib import Path

from dropforge.cli.connection.connect import connected
from dropforge.cli.screen.output import Output
from dropforge.client.execution.naming import run_named
from dropforge.client.models.located import champion_files, run_files
from dropforge.client.models.stored import stored
from dropforge.model.files import load_files
from dropforge.model.model import Model


def load_model(source: str | PathLike[str] | None, dataset: str | None, env: str) -> Model:
    """Load a model; what is not said to be a dataset is a path if there is one, else a run."""
    if (source is None) == (dataset is None):
        raise TypeError(
            "load() takes a path or a run, or else dataset=; for example "
            "load('latest') or load(dataset='churn')"
        )
    if source is not None and _is_path(source):
        return load_files(Path(source).expanduser())
    with connected(env, Output(as_json=False)) as stack:
        if dataset is not None:
            files = champion_files(stack, dataset)
        else:
            files = run_files(stack, run_named(stack, str(source)))
        folder = stored(stack, files)
    return load_files(folder, files.run)


def _is_path(source: str | PathLike[str]) -> bool:
    """Tell a path from the name of a run, which has no separators and no dots."""
    if not isinstance(source, str):
        return True
    return Path(source).expanduser().exists() or any(mark in source for mark in "/\\.~")

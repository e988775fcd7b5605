"""The command and the local cloud: drop a CSV, get a model, predictions and a message.

In Python, ``dropforge.load`` loads a model that a run trained:

>>> import dropforge
>>> model = dropforge.load(dataset="churn")
>>> model.predict("new.csv")
"""

from os import PathLike
from typing import TYPE_CHECKING

# polars and xgboost take a second to import, and the command mostly needs neither.
if TYPE_CHECKING:
    from dropforge.model.model import Model

__all__ = ["load"]


def load(
    source: str | PathLike[str] | None = None, *, dataset: str | None = None, env: str = "local"
) -> "Model":
    """Load a trained model.

    Parameters
    ----------
    source : a directory with model.tar.gz and encoder.json, as `dropforge run` and
        `dropforge fetch` leave it in dropforge-out, or the path of model.tar.gz beside its
        encoder.json; else a run: its name, how it begins, or "latest".
    dataset : the dataset whose model in use to load, in place of source.
    env : environment of samconfig.toml in which the run or dataset is; "local" is the local
        cloud, which is started if it is not up.

    Raises
    ------
    ModelUnusableError
        The files are not there, are damaged, or of another release.
    ModelMissingError
        The dataset has no model in use.
    RunUnknownError, RunAmbiguousError
        There is no such run, or several begin so.
    """
    from dropforge.loading import load_model

    return load_model(source, dataset, env)

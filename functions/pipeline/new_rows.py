"""Where a file of new rows goes, which are to be predicted, and not to be trained on."""

import shlex

from pipeline.drop_keys import SCORE


def how_to_score(dataset: str, file: str) -> str:
    """Say how a file comes back with predictions: where to drop it, and by which command."""
    command = f"dropforge score {shlex.quote(file)} --dataset {dataset}"
    return f"drop it as {SCORE}{dataset}/{file} instead, or run {command}"

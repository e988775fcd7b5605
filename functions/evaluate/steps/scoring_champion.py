"""Step champion of a file that is scored: the model package in use, or which datasets have one."""

from typing import Any

from botocore.exceptions import ClientError

from evaluate.steps.champion import approved_package, group_exists
from pipeline import drop_keys, run_names
from pipeline.documents.state import Champion
from pipeline.errors import ArtefactError, ModelMissingError
from pipeline.wording import listed, quoted

_LOOKED_AT = 200
"""Groups of which it is looked up whether they have an approved package, for a message."""


def champion_for_scoring(sagemaker: Any, prefix: str, dataset: str) -> Champion:
    """Return the newest Approved package of a dataset, with its artefact.

    Parameters
    ----------
    prefix : what the names of all model package groups of the stack begin with.

    Raises
    ------
    ModelMissingError
        There is none; the message lists the datasets that have one.
    ArtefactError
        The package names no artefact.
    """
    group = run_names.package_group(prefix, dataset)
    if not group_exists(sagemaker, group):
        raise ModelMissingError(
            f"there is no dataset {quoted(dataset)}; {_others(sagemaker, prefix)}. Drop a file to "
            f"train it at {drop_keys.INBOX}{dataset}/"
        )
    champion = approved_package(sagemaker, group)
    if not champion["found"]:
        raise ModelMissingError(
            f"the dataset {quoted(dataset)} has no approved model to score with; approve one "
            f"with `dropforge promote RUN`, or drop a file to train it at "
            f"{drop_keys.INBOX}{dataset}/"
        )
    if "model_data" not in champion:
        arn = champion["model_package_arn"]
        raise ArtefactError(f"the model package {arn} names no artefact; register it anew")
    return champion


def _others(sagemaker: Any, prefix: str) -> str:
    """Say which datasets can be scored."""
    start = run_names.package_group(prefix, "")
    names = []
    try:
        pages = sagemaker.get_paginator("list_model_package_groups").paginate(NameContains=start)
        groups = [
            group["ModelPackageGroupName"]
            for page in pages
            for group in page["ModelPackageGroupSummaryList"]
            if group["ModelPackageGroupName"].startswith(start)
        ]
        names = [
            group.removeprefix(start)
            for group in sorted(groups)[:_LOOKED_AT]
            if approved_package(sagemaker, group)["found"]
        ]
    except ClientError:
        # The sentence is as true without the list.
        return "see `dropforge runs` for those that there are"
    return f"those with an approved model are {listed(names, 20)}" if names else "none has a model"

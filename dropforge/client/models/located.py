"""Where a model's files are: a run's, or those of a dataset's champion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.execution.executions import finished
from dropforge.client.execution.naming import stack_of
from dropforge.client.registry.decided import decision_key
from dropforge.client.registry.model_registry import champion, describe
from dropforge.client.stack import Stack
from dropforge.errors import ModelUnusableError
from pipeline import layout
from pipeline.errors import ModelMissingError
from pipeline.wording import listed, quoted

_LOOKED_AT = 50
"""Datasets looked at for one that has a model in use."""


@dataclass(frozen=True)
class ModelFiles:
    """A model's files.

    Attributes
    ----------
    name : ARN of the model package, or the run.
    run : that trained it; None if the package does not say.
    model, encoder, decision : s3:// addresses; a regression has no decision, nor has a model of
        an earlier version.
    """

    name: str
    run: str | None
    model: str
    encoder: str
    decision: str | None = None


def run_files(stack: Stack, run: str) -> ModelFiles:
    """Return the files of the model that a run trained.

    Raises
    ------
    RunUnknownError, RunUnfinishedError, RunLostError
        It is not there, or not over.
    ModelUnusableError
        It made no model.
    """
    own = stack_of(stack, run)
    result: Mapping[str, Any] = finished(own, run).message["result"] or {}
    model = result.get("files", {}).get("model")
    if not model:
        raise ModelUnusableError(
            f"run {run} made no model; `dropforge show {stack.argument(run)}` says why"
        )
    key = decision_key(own, run)
    return ModelFiles(
        run,
        run,
        model,
        _address(stack, layout.run_key(run, layout.ENCODER)),
        _address(stack, key) if key else None,
    )


def champion_files(stack: Stack, dataset: str) -> ModelFiles:
    """Return the files of a dataset's champion.

    Raises
    ------
    ModelMissingError
        It has none; the message names datasets that have one.
    """
    arn = champion(stack, dataset).arn
    if arn is None:
        raise ModelMissingError(_none(dataset, sorted(_datasets(stack))))
    package = describe(stack, arn)
    told = package["CustomerMetadataProperties"]
    container = package["InferenceSpecification"]["Containers"][0]
    return ModelFiles(
        arn,
        told.get("run"),
        container["ModelDataUrl"],
        _address(stack, told["encoder"]),
        _address(stack, told["decision"]) if "decision" in told else None,
    )


def _address(stack: Stack, key: str) -> str:
    return f"s3://{stack.bucket}/{key}"


def _none(dataset: str, others: list[str]) -> str:
    there = f"dataset {quoted(dataset)} has no model in use"
    if not others:
        return (
            f"{there}, and neither has any other; `dropforge run FILE` trains one, and "
            f"`dropforge promote RUN` puts one into use that waits for a person"
        )
    near = get_close_matches(dataset, others, n=1)
    meant = f"; is it {quoted(near[0])}?" if near else ""
    return (
        f"{there}{meant} One is in use for {listed(others, 20)}. `dropforge runs` lists the runs, "
        f"and `dropforge promote RUN` puts a run's model into use"
    )


def _datasets(stack: Stack) -> Iterator[str]:
    """Yield the datasets that have a champion, as far as the caller may know them."""
    beginning = stack.package_group("")
    pages = stack.client("sagemaker").get_paginator("list_model_package_groups")
    looked = 0
    try:
        for page in pages.paginate(NameContains=beginning):
            for group in page["ModelPackageGroupSummaryList"]:
                dataset = group["ModelPackageGroupName"].removeprefix(beginning)
                # A name that was cut is of a dataset that it does not tell.
                if stack.package_group(dataset) != group["ModelPackageGroupName"]:
                    continue
                looked += 1
                if looked > _LOOKED_AT:
                    return
                if champion(stack, dataset).arn:
                    yield dataset
    except ClientError as error:
        # Who may use a model need not be allowed to list all.
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise

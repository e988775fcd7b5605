"""Step evaluate: from a run's files to evaluation.json, report.html and the state's payload."""

import json
import time
from itertools import pairwise
from typing import Any

from evaluate.metrics.scored import Scored, metric_for
from evaluate.model.importance import importance_of
from evaluate.model.learning_curve import (
    NoLearningCurveError,
    read_learning_curve,
    watched_metric,
)
from evaluate.model.trees import Model, ModelFormatError, read_model
from evaluate.output.evaluation_json import columns_of, judged_part, run_part, versions_of
from evaluate.output.payload import payload_of
from evaluate.output.plots import plots_of
from evaluate.output.refit import early_of, hyperparameters_of, refit_warnings
from evaluate.output.search import search_part
from evaluate.report.page import render
from evaluate.rows.as_written import check_parts
from evaluate.rows.decided import own_decision
from evaluate.rows.holdout import Holdout
from evaluate.rows.worst import worst_rows
from evaluate.steps.search import trained_by
from evaluate.verdict.comparison import data_beside
from evaluate.verdict.judgement import Judgement, judge
from evaluate.verdict.outliers import outlier_warnings
from evaluate.verdict.predicted import predicted_rows
from evaluate.verdict.rule import Rule
from evaluate.verdict.warnings import Warnings
from pipeline import layout, run_names
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Encoder
from pipeline.documents.evaluation import Evaluation, WorstRow
from pipeline.documents.model_part import ExplainedFacts, Explanation, Importance, ModelPart
from pipeline.documents.notes import RowCounts
from pipeline.documents.profile import Profile
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Judged, Payload
from pipeline.errors import ArtefactError
from pipeline.notices import notice
from pipeline.settings import Settings, metric_of
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import ObjectStream
from pipeline.vocabulary import ASKING
from scoring.archive import ModelArchiveError
from table.columns.target_guess import guess_notices

_TIMINGS = ("read_seconds", "judge_seconds", "describe_seconds")


class _UnexplainedError(Exception):
    """There are no contributions; the message says why."""


def evaluate_run(
    files: RunFiles, logs: Any, event: Judged, group_prefix: str, code_version: str
) -> Payload:
    """Judge a run, write evaluation.json and report.html, and return `$.evaluation`.

    Parameters
    ----------
    logs : a boto3 CloudWatch Logs client.
    event : the evaluate step's.

    Raises
    ------
    EmptyTestSplitError, PredictionCountError, PredictionValueError
        Predictions and test rows do not belong together; nothing was written.
    ArtefactError
        A file that an earlier step wrote is missing or damaged.
    SettingsError
        The settings ask for a metric that the task does not have.
    """
    times = [time.perf_counter()]
    request = files.read_document(kinds.REQUEST)
    request["settings"] = reading.settings_of(request, files.uri(layout.REQUEST))
    encoder = files.read_document(kinds.ENCODER)
    profile = files.read_document(kinds.PROFILE)
    target = encoder["target"]
    metric = metric_for(target["task"], metric_of(request["settings"], target["task"]))
    decision, undecided = own_decision(files, target["task"])
    rule = _rule(request["settings"], profile)
    rows = count_rows(files)
    check_parts(files)
    holdout, scored, champion = predicted_rows(
        files, event, target, rows["test"], decision, request["settings"].get("costs")
    )
    times.append(time.perf_counter())
    judgement = judge(metric, scored, champion, rule, data_beside(request, event["champion"]))
    times.append(time.perf_counter())
    model, xgboost = _model_part(files, logs, event, encoder)
    search, unsearched = search_part(files, event, holdout, scored, metric)
    trained = hyperparameters_of(event, trained_by(event["fit"], search))
    worst = _worst(files, holdout, scored, encoder, model["importance"])
    header = encoder.get("header", True)
    foremost = [
        *guess_notices(encoder["columns"], header, target["name"], rule.target_by),
        *outlier_warnings(metric, scored, judgement.deciding, worst, target["name"]),
    ]
    document: Evaluation = {
        **run_part(files, request, encoder, event, rule.target_by, trained),
        **judged_part(judgement, scored.rows, target["name"]),
        "rows": {**rows, "judged": scored.rows},
        "split": profile.get("split"),
        "decision": decision,
        "plots": plots_of(scored),
        **model,
        "worst": worst,
        "columns": columns_of(profile),
        "warnings": foremost
        + undecided
        + unsearched
        + refit_warnings(event)
        + _warnings(profile, judgement, holdout),
        "versions": versions_of(code_version, xgboost),
        "timings": {},
        "package": {"group": "", "description": "", "metadata": {}},
        "search": search,
    }
    times.append(time.perf_counter())
    document["timings"] = {
        name: round(end - start, 3)
        for name, (start, end) in zip(_TIMINGS, pairwise(times), strict=True)
    }
    payload = payload_of(document, run_names.package_group(group_prefix, request["dataset"]))
    # A run that was not registered can still be promoted later, with what it would have said.
    document["package"] = payload["package"]
    files.write(layout.EVALUATION, json.dumps(document, allow_nan=False), "application/json")
    files.write(layout.REPORT, render(document), "text/html")
    return payload


def count_rows(files: RunFiles) -> RowCounts:
    """Add up the rows that the encode children counted; raise ArtefactError if none did."""
    counts = files.read_notes(layout.ROWS_NOTE, kinds.ROWS)
    return {
        "train": sum(count["train"] for count in counts),
        "validation": sum(count["validation"] for count in counts),
        "test": sum(count["test"] for count in counts),
        "dropped": sum(count["dropped"] for count in counts),
    }


def _rule(settings: Settings, profile: Profile) -> Rule:
    """Return what the owner asks for."""
    # A profile that does not say how the target was found is no proof that anybody named it.
    by = profile.get("target_by") or ("settings" if "target" in settings else "last")
    codes = {noticed["code"] for noticed in profile["warnings"]}
    doubts = [reason for code, reason in ASKING.items() if code in codes]
    split = profile.get("split")
    if split and split["question"]:
        doubts.append(split["question"])
    return Rule(settings.get("promotion", "auto"), settings.get("minimum"), by, "; ".join(doubts))


def _model_part(
    files: RunFiles, logs: Any, event: Judged, encoder: Encoder
) -> tuple[ModelPart, str | None]:
    """Return importance and learning curve, or a note why each is not there; XGBoost's version."""
    part: ModelPart = {
        "importance": None,
        "explanation": None,
        "learning_curve": None,
        "notes": [],
    }
    training, xgboost = event["training"], None
    try:
        model = _model(files, training["model_data"])
        part["importance"], xgboost = importance_of(model, encoder["features"]), model.version
        if model.models > 1:
            part["notes"].append(
                f"The prediction is the mean of {model.models} models. Feature importance is of "
                f"all, the learning curve of the first, and they have seen validation rows, too."
            )
    except ModelFormatError as error:
        part["notes"].append(f"Feature importance is left out: {error}.")
    try:
        part["explanation"] = _explanation(files, event["explanation"])
    except _UnexplainedError as error:
        part["notes"].append(f"What each column adds is left out: {error}.")
    try:
        part["learning_curve"] = read_learning_curve(
            logs, early_of(event)["job"], watched_metric(event["fit"]["hyperparameters"])
        )
    except NoLearningCurveError as error:
        part["notes"].append(f"The learning curve is left out: {error}.")
    return part, xgboost


def _explanation(files: RunFiles, facts: ExplainedFacts) -> Explanation:
    """Read explanation.json; a model can be judged without it, whatever it is for want of it."""
    # An answer that is none says nothing of the file.
    if isinstance(facts, dict) and facts.get("explained") is False:
        raise _UnexplainedError(str(facts.get("reason")))
    try:
        return files.read_document(kinds.EXPLANATION)
    except ArtefactError as error:
        raise _UnexplainedError(str(error)) from error


def _model(files: RunFiles, uri: str) -> Model:
    """Read the model; one that nothing can load must not be registered.

    Raises
    ------
    ArtefactError
        The archive is not there, or damaged.
    ModelFormatError
        The model is sound as far as is known, but its trees are not read here.
    """
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    writer = kinds.MODEL.writer
    with present(uri, writer), ObjectStream(files.bucket.client, bucket, key) as archive:
        try:
            return read_model(archive)
        except ModelArchiveError as error:
            raise damaged(uri, writer, f"is no archive of a model: {error}") from error


def _worst(
    files: RunFiles,
    holdout: Holdout,
    scored: Scored,
    encoder: Encoder,
    importance: Importance | None,
) -> list[WorstRow]:
    with reading.belonging(files.uri("data/test"), files.uri("data/truth")):
        return worst_rows(files, holdout, scored, encoder, importance)


def _warnings(profile: Profile, judgement: Judgement, holdout: Holdout) -> Warnings:
    found = list(judgement.warnings)
    if holdout.left_out:
        found.append(
            notice(
                "part_of_the_test_rows",
                f"Of very many test rows {len(holdout.truth):,} were judged: "
                f"{len(holdout.parts):,} of {len(holdout.parts) + holdout.left_out:,} parts, "
                f"evenly spread.",
            )
        )
    # Why the champion was not compared is said already.
    return found + [w for w in profile["warnings"] if w["code"] != "champion"]

"""Step evaluate: from a run's files to evaluation.json, report.html and the state's payload."""

import json
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from evaluate.metrics.scored import Metric, Scored, metric_for
from evaluate.output.evaluation_json import columns_of, judged_part, run_part, versions_of
from evaluate.output.model_part import model_part
from evaluate.output.payload import payload_of
from evaluate.output.plots import plots_of
from evaluate.output.refit import hyperparameters_of, refit_warnings
from evaluate.output.search import search_part
from evaluate.report.page import render
from evaluate.rows.as_written import check_parts
from evaluate.rows.decided import own_decision
from evaluate.rows.holdout import Holdout
from evaluate.rows.worst import worst_rows
from evaluate.steps.search import trained_by
from evaluate.verdict.comparison import data_beside
from evaluate.verdict.judgement import Judgement, Rivals, judge
from evaluate.verdict.outliers import outlier_warnings
from evaluate.verdict.predicted import predicted_rows
from evaluate.verdict.rule import NotCompared, Rule
from evaluate.verdict.warnings import Warnings
from pipeline import layout, run_names
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Encoder
from pipeline.documents.evaluation import Evaluation, WorstRow
from pipeline.documents.model_part import Importance
from pipeline.documents.notes import RowCounts
from pipeline.documents.plan import Request
from pipeline.documents.profile import Profile
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring.decision import Decision
from pipeline.documents.state import Judged, Payload
from pipeline.notices import notice
from pipeline.settings import Settings, metric_of
from pipeline.vocabulary import ASKING
from table.columns.target_guess import guess_notices

_TIMINGS = ("read_seconds", "judge_seconds", "describe_seconds")


@dataclass(frozen=True)
class _Asked:
    """What the owner asks for, and what the data is."""

    request: Request
    encoder: Encoder
    profile: Profile
    metric: Metric
    rule: Rule


@dataclass(frozen=True)
class _Tested:
    """The test rows, and what the model says of them."""

    rows: RowCounts
    holdout: Holdout
    scored: Scored
    champion: Rivals | NotCompared | None
    decision: Decision | None
    undecided: Warnings
    """Why there is no decision, where there should be one."""


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
    asked = _asked(files)
    tested = _tested(files, event, asked)
    times.append(time.perf_counter())
    data = data_beside(asked.request, event["champion"])
    judgement = judge(asked.metric, tested.scored, tested.champion, asked.rule, data)
    times.append(time.perf_counter())
    document = _described(files, logs, event, asked, tested, judgement, code_version)
    times.append(time.perf_counter())
    document["timings"] = {
        name: round(end - start, 3)
        for name, (start, end) in zip(_TIMINGS, pairwise(times), strict=True)
    }
    group = run_names.package_group(group_prefix, asked.request["dataset"])
    payload = payload_of(document, group)
    # A run that was not registered can still be promoted later, with what it would have said.
    document["package"] = payload["package"]
    files.write(layout.EVALUATION, json.dumps(document, allow_nan=False), "application/json")
    files.write(layout.REPORT, render(document), "text/html")
    return payload


def _asked(files: RunFiles) -> _Asked:
    request = files.read_document(kinds.REQUEST)
    request["settings"] = reading.settings_of(request, files.uri(layout.REQUEST))
    encoder, profile = files.read_document(kinds.ENCODER), files.read_document(kinds.PROFILE)
    task = encoder["target"]["task"]
    metric = metric_for(task, metric_of(request["settings"], task))
    return _Asked(request, encoder, profile, metric, _rule(request["settings"], profile))


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


def _tested(files: RunFiles, event: Judged, asked: _Asked) -> _Tested:
    target, costs = asked.encoder["target"], asked.request["settings"].get("costs")
    decision, undecided = own_decision(files, target["task"])
    rows = count_rows(files)
    check_parts(files)
    predicted = predicted_rows(files, event, target, rows["test"], decision, costs)
    return _Tested(rows, *predicted, decision, undecided)


def count_rows(files: RunFiles) -> RowCounts:
    """Add up the rows that the encode children counted; raise ArtefactError if none did."""
    counts = files.read_notes(layout.ROWS_NOTE, kinds.ROWS)
    return {
        "train": sum(count["train"] for count in counts),
        "validation": sum(count["validation"] for count in counts),
        "test": sum(count["test"] for count in counts),
        "dropped": sum(count["dropped"] for count in counts),
    }


def _described(
    files: RunFiles,
    logs: Any,
    event: Judged,
    asked: _Asked,
    tested: _Tested,
    judgement: Judgement,
    code_version: str,
) -> Evaluation:
    """Return the document without timings and package."""
    encoder, profile, rule = asked.encoder, asked.profile, asked.rule
    holdout, scored, target = tested.holdout, tested.scored, encoder["target"]["name"]
    model, xgboost = model_part(files, logs, event, encoder)
    search, unsearched = search_part(files, event, holdout, scored, asked.metric)
    trained = hyperparameters_of(event, trained_by(event["fit"], search))
    worst = _worst(files, holdout, scored, encoder, model["importance"])
    warnings = [
        *guess_notices(encoder["columns"], encoder.get("header", True), target, rule.target_by),
        *outlier_warnings(asked.metric, scored, judgement.deciding, worst, target),
        *tested.undecided,
        *unsearched,
        *refit_warnings(event),
        *_warnings(profile, judgement, holdout),
    ]
    return {
        **run_part(files, asked.request, encoder, event, rule.target_by, trained),
        **judged_part(judgement, scored.rows, target),
        "rows": {**tested.rows, "judged": scored.rows},
        "split": profile.get("split"),
        "decision": tested.decision,
        "plots": plots_of(scored),
        **model,
        "worst": worst,
        "columns": columns_of(profile),
        "warnings": warnings,
        "versions": versions_of(code_version, xgboost),
        "timings": {},
        "package": {"group": "", "description": "", "metadata": {}},
        "search": search,
    }


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

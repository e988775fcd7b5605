"""EvaluateFunction: find the champion; judge a run; see that its model may be registered."""

import os
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from evaluate.steps.champion import find_champion
from evaluate.steps.register import CHANGED, give_turn_back, is_another, take_turn
from evaluate.steps.scoring_champion import champion_for_scoring
from evaluate.steps.search import SearchEvent, choose_trial
from pipeline import run_names
from pipeline.aws_errors import named_errors
from pipeline.clients import client, make_tracer
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring.result import Measured
from pipeline.documents.search.facts import Chosen
from pipeline.documents.state import Champion, Judged, Payload, RefitFacts
from pipeline.storage.bucket import Bucket

logger = Logger()
tracer = make_tracer()
metrics = Metrics()

STATES = {
    "champion": "Find champion",
    "search": "Choose trial",
    "refit": "Plan refit",
    "evaluate": "Evaluate",
    "take_turn": "Take turn",
    "give_turn_back": "Give turn back",
    "scoring_champion": "Find champion",
    "measure": "Measure predictions",
}


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> Any:
    """Do the step that the event names."""
    steps = {
        "champion": _champion,
        "search": _search,
        "refit": _refit,
        "evaluate": _evaluate,
        "take_turn": _take_turn,
        "give_turn_back": _give_turn_back,
        "scoring_champion": _scoring_champion,
        "measure": _measure,
    }
    with named_errors(STATES[event["step"]]):
        return steps[event["step"]](event)


def _group(event: dict[str, Any]) -> str:
    return run_names.package_group(os.environ["MODEL_PACKAGE_GROUP_PREFIX"], event["dataset"])


def _champion(event: dict[str, Any]) -> Champion:
    group = _group(event)
    champion = find_champion(client("sagemaker"), group)
    logger.info(
        "looked for the champion", group=group, model_package=champion.get("model_package_arn")
    )
    return champion


def _search(event: dict[str, Any]) -> Chosen:
    files = RunFiles(Bucket(client("s3"), event["bucket"]), event["prefix"])
    chosen = choose_trial(files, client("sagemaker"), cast(SearchEvent, event))
    logger.info("chose a trial", run=event["prefix"], job=chosen["training"]["job"])
    metrics.add_metric(name="SearchesEnded", unit=MetricUnit.Count, value=1)
    return chosen


def _refit(event: dict[str, Any]) -> RefitFacts:
    # As in _evaluate: reading a model takes numpy.
    from evaluate.steps.refit import RefitEvent, plan_refit

    files = RunFiles(Bucket(client("s3"), event["bucket"]), event["prefix"])
    found = plan_refit(files, cast(RefitEvent, event))
    logger.info(
        "planned a refit", run=event["prefix"], rounds=found.get("rounds"), why=found.get("reason")
    )
    return found


def _evaluate(event: dict[str, Any]) -> Payload | dict[str, str]:
    # Training takes long enough for another run, or a person, to change the model in use.
    may_repeat = event["comparisons"]["count"] < run_names.COMPARISON_LIMIT
    if may_repeat and is_another(_champion(event), event["champion"]):
        return {"verdict": CHANGED}
    # Only this step needs numpy and jinja2; the others stay light.
    from evaluate.steps.evaluate import evaluate_run

    files = RunFiles(Bucket(client("s3"), event["bucket"]), event["prefix"])
    result = evaluate_run(
        files,
        client("logs"),
        cast(Judged, event),
        os.environ["MODEL_PACKAGE_GROUP_PREFIX"],
        os.environ["CODE_VERSION"],
    )
    metric = result["metric"]
    logger.info(
        "judged",
        run=event["prefix"],
        verdict=result["verdict"],
        metric=metric["name"],
        value=metric["value"],
    )
    metrics.add_metric(name="ModelsJudged", unit=MetricUnit.Count, value=1)
    return result


def _take_turn(event: dict[str, Any]) -> dict[str, Any]:
    s3, sagemaker = client("s3"), client("sagemaker")
    outcome = take_turn(s3, lambda: client("stepfunctions"), sagemaker, event, _group(event))
    logger.info("turn", dataset=event["dataset"], run=event["run"], outcome=outcome)
    return {"outcome": outcome}


def _give_turn_back(event: dict[str, Any]) -> dict[str, Any]:
    give_turn_back(client("s3"), event)
    return {"outcome": "given_back"}


def _scoring_champion(event: dict[str, Any]) -> Champion:
    prefix = os.environ["MODEL_PACKAGE_GROUP_PREFIX"]
    champion = champion_for_scoring(client("sagemaker"), prefix, event["dataset"])
    logger.info("found the champion", model_package=champion["model_package_arn"])
    return champion


def _measure(event: dict[str, Any]) -> Measured | None:
    from evaluate.steps.measure import measure_scored

    return measure_scored(RunFiles(Bucket(client("s3"), event["bucket"]), event["prefix"]))

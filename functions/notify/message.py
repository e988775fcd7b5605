"""The message that a run ends with: a subject, a text for people, and the facts."""

import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from notify.remedies import remedy_of
from notify.scored import scored
from pipeline.documents.message import Message
from pipeline.documents.scoring.result import ScoringOutput
from pipeline.documents.state import Output
from pipeline.errors import InputError, is_one_of
from pipeline.wording import plain_figure, printable

REJECTED_INPUT = "rejected_input"
FAILED = "failed"
SNS_SUBJECT_LIMIT = 100

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}


@dataclass(frozen=True)
class Ending:
    """How a run, or a drop that never became one, ended.

    Parameters
    ----------
    status : SUCCEEDED, FAILED, TIMED_OUT or ABORTED; a refused drop is FAILED.
    result : the execution's output, None unless it succeeded.
    source : the dropped object as an s3:// address, if known.
    execution_arn : None if no execution was started.
    ended : time in UTC, ISO 8601 to the millisecond; None if no execution was started.
    step : the state or function that failed, or that ran when it was stopped; None if not known.
    """

    run: str
    dataset: str
    status: str
    source: str | None
    result: Output | ScoringOutput | None = None
    error: str | None = None
    cause: str | None = None
    execution_arn: str | None = None
    ended: str | None = None
    step: str | None = None


def message_of(ending: Ending) -> Message:
    """Write the message of an ending."""
    cause = readable_cause(ending.cause)
    if ending.result is not None:
        verdict = str(ending.result["verdict"])
        subject, body = _success(ending.result)
    else:
        verdict = REJECTED_INPUT if is_one_of(ending.error, InputError) else FAILED
        subject, body = _failure(ending, verdict, cause)
    lines = [f"{subject}.", "", *body, ""]
    if ending.source:
        lines.append(f"File: {ending.source}")
    lines.append(f"Run: {ending.run}")
    if ending.step:
        lines.append(f"Step: {ending.step}")
    if ending.error:
        lines.append(f"Error: {ending.error}")
    link = console_link(ending.execution_arn) if ending.execution_arn else None
    if link:
        lines.append(f"Execution: {link}")
    return {
        "run": ending.run,
        "dataset": ending.dataset,
        "status": ending.status,
        "verdict": verdict,
        "subject": printable(subject),
        "text": "\n".join(printable(line) for line in lines),
        "result": ending.result,
        "error": ending.error,
        "cause": cause,
        "ended": ending.ended,
    }


def readable_cause(cause: str | None) -> str | None:
    """Return the sentence inside a cause.

    Lambda's causes are JSON with errorMessage, SageMaker's the description of
    the job with FailureReason (Step Functions developer guide, Error handling).
    """
    try:
        document = json.loads(cause or "")
    except ValueError:
        return cause
    if not isinstance(document, dict):
        return cause
    for field in ("errorMessage", "FailureReason"):
        if document.get(field):
            return _without_trace(str(document[field]))
    return cause


def _without_trace(reason: str) -> str:
    """Cut off the addresses in XGBoost's own code, which follow its sentence."""
    return reason.partition("Stack trace:")[0].rstrip() or reason


def sns_subject(subject: str) -> str:
    """Return the subject as SNS takes it: printable ASCII, at most 100 characters.

    Source: SNS API reference, Publish, Subject.
    """
    ascii_only = subject.encode("ascii", "replace").decode()
    shown = "".join(char if char.isprintable() else " " for char in ascii_only)
    if len(shown) <= SNS_SUBJECT_LIMIT:
        return shown
    return f"{shown[: SNS_SUBJECT_LIMIT - 3]}..."


def console_link(execution_arn: str) -> str | None:
    """Return the address of the execution's page in the Step Functions console.

    None in a partition whose console is not known.
    """
    _, partition, _, region, *_ = execution_arn.split(":")
    if partition not in _CONSOLES:
        return None
    arn = quote(execution_arn, safe=":")
    return (
        f"https://{region}.{_CONSOLES[partition]}/states/home"
        f"?region={region}#/v2/executions/details/{arn}"
    )


_SENTENCES = {
    "approved": "new model approved",
    "pending": "new model waits for approval",
    "kept_champion": "new model not promoted, the model in use stays",
    "below_minimum": "new model not promoted, it misses the required minimum",
}


def _success(result: Output | ScoringOutput) -> tuple[str, list[str]]:
    if result["verdict"] == "scored":
        return scored(result)
    return _success_subject(result), _success_lines(result)


def _success_subject(result: Output) -> str:
    metric = result["metric"]
    sentence = _SENTENCES.get(str(result["verdict"]), str(result["verdict"]))
    return f"{result['dataset']}: {sentence} ({metric['name']} {plain_figure(metric['value'])})"


def _success_lines(result: Output) -> list[str]:
    metric, rows = result["metric"], result["rows"]
    goal = "higher is better" if metric["goal"] == "max" else "lower is better"
    value = (
        f"{metric['name']} {plain_figure(metric['value'])} on {rows['test']:,} test rows, {goal}"
    )
    trained = f"Trained on {rows['train']:,} rows, validated on {rows['validation']:,}"
    lines = [
        str(result["sentence"]),
        "",
        f"Predicts {result['target']} ({result['task']}).",
        f"{value}.",
        f"{trained}; {rows['dropped']:,} dropped.",
    ]
    if split := result.get("split"):
        lines.append(split)
    if refit := result.get("refit"):
        lines.append(refit)
    if search := result.get("search"):
        lines += [search["sentence"], *_hyperparameters(search["hyperparameters"])]
    if decision := result.get("decision"):
        lines.append(decision)
    if result["warnings"]:
        lines += ["", "Warnings:", *(f"- {warning}" for warning in result["warnings"])]
    files = result["files"]
    return [*lines, "", *(f"{name.capitalize()}: {uri}" for name, uri in files.items())]


def _hyperparameters(chosen: dict[str, str]) -> list[str]:
    """Return a line of what a search chose; none if there is nothing to tell."""
    told = ", ".join(f"{name} {value}" for name, value in sorted(chosen.items()))
    return [f"Hyperparameters: {told}."] if told else []


def _failure(ending: Ending, verdict: str, cause: str | None) -> tuple[str, list[str]]:
    if verdict == REJECTED_INPUT:
        subject = f"{ending.dataset}: file rejected"
    elif ending.status == "ABORTED":
        subject = f"{ending.dataset}: run stopped"
    elif ending.status == "TIMED_OUT":
        subject = f"{ending.dataset}: run timed out"
    else:
        subject = f"{ending.dataset}: run failed"
    if not cause:
        cause = {
            "ABORTED": "The execution was stopped before it ended.",
            "TIMED_OUT": "The execution took longer than the state machine allows.",
        }.get(ending.status, "The service gave no cause for it.")
    told = f"{ending.error}: {cause}" if _is_pythons(ending.error) else cause
    return subject, [*told.splitlines(), *_remedy_lines(ending, cause)]


def _is_pythons(error: str | None) -> bool:
    # Such as KeyError, whose text is a name alone. Those of AWS have a dot.
    return bool(error and re.fullmatch(r"\w+(?:Error|Exception)", error)) and not is_one_of(error)


def _remedy_lines(ending: Ending, cause: str) -> list[str]:
    # Of a drop that became no run nothing but the function's log tells.
    logs = f"dropforge logs {ending.run}" if ending.execution_arn else f"the log of {ending.step}"
    remedy = remedy_of(ending.status, ending.error, cause, logs)
    if not remedy:
        return []
    if not ending.source:
        # A run of generated data, or a tick of the schedule.
        remedy = remedy.replace("Drop the file", "Start it").replace("drop the file", "start it")
    return ["", f"What to do: {remedy}"]

"""PrepareFunction: plan a file, profile its chunks, fit the encoder, encode its chunks.

Of a file that is scored there is an encoder already, which the file is checked against.
"""

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline import layout
from pipeline.aws_errors import named_errors
from pipeline.clients import client, make_tracer
from pipeline.documents import kinds, reading
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring.check import CheckedFacts
from pipeline.documents.scoring.plan import PlannedScoring
from pipeline.documents.state import Fitted, Planned
from pipeline.planned import read_plan, source_of
from pipeline.storage.bucket import Bucket
from table.limits import MIB

if TYPE_CHECKING:
    from prepare.steps.asked import Request

# Of jemalloc, which polars brings; it reads this as steps load polars. Each arena keeps what it has
# freed: with one, two chunks that Fit reads at once peak at 488 MiB, else at 581, in no more time.
# The template cannot say so: Lambda takes no variable that begins with an underscore.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:1")

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
s3 = client("s3")

STATES = {
    "plan": "Plan data",
    "profile": "Profile chunks",
    "fit": "Fit encoder",
    "encode": "Encode chunks",
    "plan_scoring": "Plan data",
    "check": "Check file",
    "encode_scoring": "Encode chunks",
}


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> Any:
    """Do the step that the event names."""
    steps = {
        "plan": _plan,
        "profile": _profile,
        "fit": _fit,
        "encode": _encode,
        "plan_scoring": _plan_scoring,
        "check": _check,
        "encode_scoring": _encode_scoring,
    }
    with named_errors(STATES[event["step"]]):
        return steps[event["step"]](event)


def _plan(event: dict[str, Any]) -> Planned:
    # Each step imports what it needs: plan needs no polars.
    from prepare.steps.plan import plan_run

    planned = plan_run(s3, _request(event))
    metrics.add_metric(name="FilesPlanned", unit=MetricUnit.Count, value=1)
    logger.info("Planned", run=planned["run"], key=planned["key"])
    return planned


def _request(event: dict[str, Any]) -> "Request":
    from prepare.steps.asked import Request

    return Request(
        bucket=os.environ["BUCKET"],
        drop=event["drop"],
        execution=event["execution"],
        chunk_bytes=int(os.environ["CHUNK_MIB"]) * MIB,
        code_version=os.environ["CODE_VERSION"],
    )


def _profile(event: dict[str, Any]) -> int:
    from prepare.splitting.content import content_columns
    from prepare.steps.profile import profile_chunk

    chunk, prefix = event["chunk"], event["prefix"]
    files = RunFiles(Bucket(s3, event["bucket"]), prefix)
    manifest = files.uri(layout.MANIFEST)
    reading.fitting(kinds.RANGE, chunk, manifest)
    plan = read_plan(files)
    with reading.belonging(files.uri(layout.PLAN), manifest):
        source = source_of(s3, plan)
        result = profile_chunk(source, plan, content_columns(source, plan), chunk)
    files.write_note(layout.CHUNK_PROFILE, chunk["index"], result)
    metrics.add_metric(
        name="BytesProfiled", unit=MetricUnit.Bytes, value=chunk["end"] - chunk["start"]
    )
    return 1


def _fit(event: dict[str, Any]) -> Fitted:
    from prepare.steps.fit import fit_run

    fitted = fit_run(
        s3,
        event["bucket"],
        event["prefix"],
        event["champion"],
        os.environ["TRAINING_INSTANCE_TYPE"],
        event["comparison"],
    )
    metrics.add_metric(name="EncodersFitted", unit=MetricUnit.Count, value=1)
    logger.info("Fitted", run=event["prefix"], task=fitted["task"], champion=fitted["champion"])
    return fitted


def _encode(event: dict[str, Any]) -> int:
    from prepare.steps.encode import encode_chunk

    encode_chunk(s3, event["bucket"], event["prefix"], event["chunk"])
    metrics.add_metric(name="ChunksEncoded", unit=MetricUnit.Count, value=1)
    return 1


def _plan_scoring(event: dict[str, Any]) -> PlannedScoring:
    from prepare.steps.plan_scoring import plan_scoring

    planned = plan_scoring(s3, _request(event), event["champion"])
    metrics.add_metric(name="FilesPlanned", unit=MetricUnit.Count, value=1)
    logger.info("Planned to score", run=planned["run"], key=planned["key"])
    return planned


def _check(event: dict[str, Any]) -> CheckedFacts:
    from prepare.steps.check import check_file

    checked = check_file(s3, event["bucket"], event["prefix"])
    logger.info("Checked", run=event["prefix"], engine=checked["engine"])
    return checked


def _encode_scoring(event: dict[str, Any]) -> int:
    from prepare.steps.encode_scoring import encode_scoring

    encode_scoring(s3, event["bucket"], event["prefix"], event["chunk"])
    metrics.add_metric(name="ChunksEncoded", unit=MetricUnit.Count, value=1)
    return 1

"""SeedFunction: put a sample CSV into the bucket."""

import json
import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline import drop_keys, layout, run_names
from pipeline.aws_errors import named_errors
from pipeline.clients import client, make_tracer
from pipeline.errors import SettingsError
from pipeline.storage.conditional import put_if_unchanged
from seed.sample import TARGET, SampleSize, sample_csv

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
s3 = client("s3")

STATE = "Generate dataset"
DATASET = "sample"
SETTINGS = {"target": TARGET}
SIZE_FIELDS = ("rows", "features", "noise", "seed")


@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Write the sample and say where it lies, in the shape of an execution's input.

    Called by the state machine, with the execution's name, the file lies under
    the run's own prefix: in the inbox it would start a second run. Invoked on
    its own, the file is a drop like any other.
    """
    with named_errors(STATE):
        return _seed(event)


def _seed(event: dict[str, Any]) -> dict[str, Any]:
    wanted = event.get("sample", event)
    try:
        size = SampleSize(**{field: wanted[field] for field in SIZE_FIELDS if field in wanted})
    except (TypeError, ValueError) as error:
        raise SettingsError(f"no sample: {error}; correct the execution's input") from error
    dataset = wanted.get("dataset", DATASET)
    if "execution_name" in event:
        run = run_names.run_of_execution(event["execution_name"])
        key = layout.join(layout.prefix_of(run), f"{dataset}.csv")
    else:
        key = f"{drop_keys.INBOX}{dataset}/{dataset}-{size.rows}-{size.seed}.csv"
        drop_keys.drop_of(key)
    bucket = os.environ["BUCKET"]
    if "execution_name" not in event:
        # Nothing but its settings says which column of a drop is the target. They come first,
        # as the drop goes by those that are there, and an owner's own stay.
        put_if_unchanged(
            s3,
            None,
            Bucket=bucket,
            Key=drop_keys.settings_key(dataset),
            Body=json.dumps(SETTINGS).encode(),
            ContentType="application/json",
        )
    body = sample_csv(size)
    version_id = s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="text/csv").get(
        "VersionId"
    )
    logger.info("Sample written", key=key, rows=size.rows, bytes=len(body))
    metrics.add_metric("SampleRows", MetricUnit.Count, size.rows)
    if "execution_name" not in event:
        head = s3.head_object(Bucket=bucket, Key=key)
        run = run_names.run_name(dataset, head["LastModified"], bucket, key, version_id)
    return {
        "bucket": bucket,
        "key": key,
        "version_id": version_id,
        "dataset": dataset,
        "run": run,
        "settings": SETTINGS,
    }

"""Batch transform jobs: the API's calls, and what a job does."""

import json
from pathlib import Path
from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid, not_found
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import model_registry, models, paging, store, tags
from dropforge.cloud.sagemaker.jobs import lifecycle, transfer
from dropforge.cloud.sagemaker.jobs.outcomes import JobFailed

_LIVE_SECONDS = 86_400 * 28


def create(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """CreateTransformJob."""
    name = request["TransformJobName"]
    arn = store.arn("transform-job", name)
    models.find(request["ModelName"])
    _check(request)
    fault = lifecycle.faults().meet_job("CreateTransformJob", name)
    if name in store.transform_jobs:
        raise ApiError(
            "ResourceInUse",
            f"Job name must be unique within an AWS account and region, and a job with this name "
            f"already exists ({arn})",
        )
    record = {key: value for key, value in request.items() if key not in ("Tags",)} | {
        "TransformJobArn": arn,
        "TransformJobStatus": "InProgress",
        "CreationTime": store.now(),
        "DataProcessing": {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
        | request.get("DataProcessing", {}),
    }
    record["TransformInput"] = {"CompressionType": "None", "SplitType": "None"} | request[
        "TransformInput"
    ]
    record["TransformOutput"] = {"AssembleWith": "None", "KmsKeyId": ""} | request[
        "TransformOutput"
    ]
    store.transform_jobs[name] = record
    tags.put(arn, request.get("Tags", []))
    job = TransformJob(record, fault)
    job.set_status("InProgress")
    job.start()
    return {"TransformJobArn": arn}


def describe(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DescribeTransformJob."""
    return store.public(_find(request["TransformJobName"]))


def stop(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """StopTransformJob."""
    record = _find(request["TransformJobName"])
    job = lifecycle.active(record["TransformJobArn"])
    if record["TransformJobStatus"] == "Stopping":
        return {}
    if record["TransformJobStatus"] != "InProgress" or job is None:
        raise invalid(
            f"The request was rejected because the transform job is in status "
            f"{record['TransformJobStatus']}."
        )
    job.stop()
    return {}


def listing(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """ListTransformJobs."""
    wanted = request.get("StatusEquals")
    found = [r for r in store.transform_jobs.values() if wanted in (None, r["TransformJobStatus"])]
    order = {"": "CreationTime", "Name": "TransformJobName", "Status": "TransformJobStatus"}
    records, more = paging.page(found, request, "TransformJobName", order)
    names = [
        "TransformJobName",
        "TransformJobArn",
        "CreationTime",
        "TransformEndTime",
        "LastModifiedTime",
        "TransformJobStatus",
        "FailureReason",
    ]
    summaries = [{key: r[key] for key in names if key in r} for r in records]
    return {"TransformJobSummaries": summaries} | more


def _find(name: str) -> dict[str, Any]:
    record: dict[str, Any] | None = store.transform_jobs.get(name)
    if record is None:
        arn = store.arn("transform-job", name)
        raise not_found(f"Could not find transform job {arn}.")
    return record


def _check(request: dict[str, Any]) -> None:
    source = request["TransformInput"]["DataSource"]["S3DataSource"]
    if source["S3DataType"] != "S3Prefix":
        raise invalid("The local cloud reads a transform's input by S3Prefix, not by ManifestFile")
    if request["TransformInput"].get("CompressionType", "None") != "None":
        raise invalid("The local cloud reads a transform's input uncompressed; set None")
    payload, concurrent = (
        request.get("MaxPayloadInMB", 6),
        request.get("MaxConcurrentTransforms", 0),
    )
    if payload * max(concurrent, 1) > 100:
        raise invalid(
            f"MaxConcurrentTransforms * MaxPayloadInMB must not exceed 100, but is "
            f"{payload * concurrent}"
        )


class TransformJob(lifecycle.Job):
    """Download objects and model, predict in one process, upload the answers."""

    kind = "Transform"
    records = store.transform_jobs
    log_group = "/aws/sagemaker/TransformJobs"

    def work(self) -> None:
        """Run the job; see jobs.Job.work."""
        self.wait_for_fault()
        model = models.find(self.record["ModelName"])
        first = model.get("PrimaryContainer") or model["Containers"][0]
        container = model_registry.container_of(first)
        s3 = transfer.client(model["ExecutionRoleArn"], "SageMaker")
        source = self.record["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        place = transfer.Location.of(source)
        keys = transfer.list_objects(s3, source, model["ExecutionRoleArn"])
        names = {key: transfer.relative_path(key, place.key) for key in keys}
        inputs = self.root / "input" / "data"
        for key, name in names.items():
            transfer.download(s3, place.bucket, key, inputs / name)
        self._fetch_model(s3, container)
        self.check_stopped()
        self.record["TransformStartTime"] = store.now()
        config = self.root / "input" / "config"
        config.mkdir(parents=True)
        (config / "transform.json").write_text(json.dumps(self.record), encoding="utf-8")
        environment = container.get("Environment", {}) | self.record.get("Environment", {})
        environment["SAGEMAKER_BATCH"] = "True"
        self.run_processes("transform", {self.root.name: self.root}, environment, _LIVE_SECONDS)
        self._upload(s3, names)

    def _fetch_model(self, s3: Any, container: dict[str, Any]) -> None:
        if "ModelDataUrl" not in container:
            raise JobFailed("ClientError: the model names no ModelDataUrl")
        place = transfer.Location.of(container["ModelDataUrl"])
        archive = self.root / "model.tar.gz"
        transfer.download(s3, place.bucket, place.key, archive)
        transfer.unpack(archive, self.root / "model")

    def _upload(self, s3: Any, names: dict[str, str]) -> None:
        output = transfer.Location.of(self.record["TransformOutput"]["S3OutputPath"].rstrip("/"))
        folder = self.root / "output" / "data"
        for name in names.values():
            key = "/".join(part for part in (output.key, f"{name}.out") if part)
            transfer.upload(s3, Path(folder, f"{name}.out"), output.bucket, key)

"""Batch transform jobs: what their calls have of their own."""

from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid, not_found
from dropforge.cloud.sagemaker import models
from dropforge.cloud.sagemaker.jobs.calls import Calls
from dropforge.cloud.sagemaker.jobs.transform.job import TransformJob

_PROCESSING = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
_INPUT = {"CompressionType": "None", "SplitType": "None"}
_OUTPUT = {"AssembleWith": "None", "KmsKeyId": ""}


class TransformCalls(Calls):
    """CreateTransformJob and its like."""

    job = TransformJob
    summary = ("FailureReason",)

    def check(self, request: dict[str, Any]) -> None:
        """Refuse a model that does not exist, and inputs that the local cloud does not read."""
        models.find(request["ModelName"])
        _check_input(request["TransformInput"])
        _check_payload(request)

    def facts_of(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what Describe says of a new job: the request, with its defaults."""
        return {key: value for key, value in request.items() if key != "Tags"} | {
            "DataProcessing": _PROCESSING | request.get("DataProcessing", {}),
            "TransformInput": _INPUT | request["TransformInput"],
            "TransformOutput": _OUTPUT | request["TransformOutput"],
        }

    def missing(self, arn: str) -> ApiError:
        """Return the error of a job that does not exist."""
        return not_found(f"Could not find transform job {arn}.")


def _check_input(given: dict[str, Any]) -> None:
    kind = given["DataSource"]["S3DataSource"]["S3DataType"]
    if kind not in ("S3Prefix", "ManifestFile"):
        raise invalid(
            f"The local cloud reads a transform's input by S3Prefix or ManifestFile, not by {kind}"
        )
    packed = given.get("CompressionType", "None")
    if packed not in ("None", "Gzip"):
        raise invalid(f"The local cloud unpacks Gzip, not {packed}")


def _check_payload(request: dict[str, Any]) -> None:
    payload = request.get("MaxPayloadInMB", 6)
    concurrent = request.get("MaxConcurrentTransforms", 0)
    if payload * max(concurrent, 1) > 100:
        raise invalid(
            f"MaxConcurrentTransforms * MaxPayloadInMB must not exceed 100, but is "
            f"{payload * concurrent}"
        )

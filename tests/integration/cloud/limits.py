"""What docs/local-cloud.md says, and how the local cloud refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dropforge.cloud import Cloud

PAGE = " ".join((Path(__file__).parents[3] / "docs" / "local-cloud.md").read_text().split())
Client = Callable[[str], Any]


def says(*words: str) -> Callable[[Any], Any]:
    """Mark a test with words of the page, which is read before anything is tried."""

    def mark(test: Any) -> Any:
        for text in words:
            assert text in PAGE, f"docs/local-cloud.md says no longer: {text}"
        return test

    return mark


def with_keys(cloud: Cloud, service: str, key: str, secret: str = "any") -> Any:
    return boto3.client(
        service, endpoint_url=cloud.endpoint, region_name="us-east-1",
        aws_access_key_id=key, aws_secret_access_key=secret,
    )  # fmt: skip


def refused(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]

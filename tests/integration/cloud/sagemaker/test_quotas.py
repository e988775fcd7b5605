"""Quotas of jobs, as programs and the state machine look at them."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.one_state import run, task

Client = Callable[[str], Any]
TRANSFORM = {"ServiceCode": "sagemaker", "QuotaCode": "L-236AE59F"}
RESOURCE = "arn:aws:states:::aws-sdk:servicequotas:getServiceQuota"


def test_quota_is_looked_up_by_its_code_and_its_code_by_its_name(client: Client) -> None:
    quotas = client("service-quotas")
    found = quotas.get_service_quota(**TRANSFORM)["Quota"]
    assert found["QuotaName"] == "ml.m5.large for transform job usage"
    assert found["Value"] >= 1
    # As the message of a run does that met a quota of 0.
    listed = quotas.list_aws_default_service_quotas(ServiceCode="sagemaker")["Quotas"]
    [code] = [each["QuotaCode"] for each in listed if each["QuotaName"] == found["QuotaName"]]
    assert code == TRANSFORM["QuotaCode"]


@pytest.mark.parametrize("changed", [{"QuotaCode": "L-00000000"}, {"ServiceCode": "ec2"}])
def test_quota_that_is_not_known_is_refused(client: Client, changed: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="NoSuchResource"):
        client("service-quotas").get_service_quota(**TRANSFORM | changed)


def test_quota_of_0_can_be_arranged(client: Client, inject: Callable[..., None]) -> None:
    inject(operation="GetServiceQuota", name=TRANSFORM["QuotaCode"], fault="quota_zero")
    values = [client("service-quotas").get_service_quota(**TRANSFORM)["Quota"]["Value"]]
    values.append(client("service-quotas").get_service_quota(**TRANSFORM)["Quota"]["Value"])
    assert values[0] == 0 < values[1]


@pytest.mark.parametrize(("code", "allowed"), [("L-236AE59F", True), ("L-611FA074", False)])
def test_state_machine_looks_at_the_quota_that_its_role_allows(
    client: Client, one_state: Callable[..., str], code: str, allowed: bool
) -> None:
    arn = f"arn:aws:servicequotas:us-east-1:000000000000:sagemaker/{code}"
    allow = {"Effect": "Allow", "Action": "servicequotas:GetServiceQuota", "Resource": arn}
    ended = run(client, one_state(task(RESOURCE, TRANSFORM), [allow]))
    assert (ended["status"] == "SUCCEEDED") == allowed, ended.get("cause")
    if not allowed:
        assert ended["error"] == "ServiceQuotas.ServiceQuotasException"

"""What is still needed: models of runs that go on, and of endpoint configurations."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from pipeline import run_names
from pipeline.aws_errors import code_of

_PAGE = 100
"""The most that SageMaker's lists hold (SageMaker API, ListModels, MaxResults)."""
_VARIANTS = ("ProductionVariants", "ShadowProductionVariants")


def models_of_running(sfn: Any, machines: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of the whole names that the models of running executions have.

    Parameters
    ----------
    machines : ARNs of the state machines that make models.
    """
    pages = sfn.get_paginator("list_executions")
    names = [
        run_names.job_pattern(run_names.run_of_execution(execution["name"]))
        for machine in machines
        for page in pages.paginate(stateMachineArn=machine, statusFilter="RUNNING")
        for execution in page["executions"]
    ]
    return re.compile("|".join(names))


def models_of_endpoints(sagemaker: Any) -> set[str]:
    """Return the models that endpoint configurations name; DeleteModel does not look at them."""
    return {
        variant["ModelName"]
        for config in _endpoint_configs(sagemaker)
        for kind in _VARIANTS
        for variant in config.get(kind, [])
        # A variant of an endpoint with inference components names none.
        if "ModelName" in variant
    }


def _endpoint_configs(sagemaker: Any) -> Iterator[dict[str, Any]]:
    pages = sagemaker.get_paginator("list_endpoint_configs")
    for page in pages.paginate(PaginationConfig={"PageSize": _PAGE}):
        for listed in page["EndpointConfigs"]:
            name = listed["EndpointConfigName"]
            try:
                yield sagemaker.describe_endpoint_config(EndpointConfigName=name)
            except ClientError as error:
                if not is_gone(error):
                    raise


def is_gone(error: ClientError) -> bool:
    """Tell whether SageMaker says that what a call names is not there.

    It calls that a ValidationException, as it does every other fault of a request: "Could not
    find model ...". (Quoted in aws/amazon-sagemaker-examples#2339.)
    """
    said = str(error.response.get("Error", {}).get("Message", "")).lower()
    absent = any(words in said for words in ("could not find", "not found", "does not exist"))
    return absent and code_of(error) in ("ValidationException", "ResourceNotFound")

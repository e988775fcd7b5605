"""What AWS has and the local cloud has not is refused, and never taken for another call."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session

from dropforge.cloud.patches.unknown_paths import SUBRESOURCES

Client = Callable[[str], Any]
REFUSED = "not supported by the local cloud"
KEY = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
ARN = "arn:aws:states:us-east-1:000000000000:execution:m:n"


@pytest.mark.parametrize(
    ("service", "call", "given"),
    [
        ("stepfunctions", "redrive_execution", {"executionArn": ARN}),
        ("sagemaker", "search", {"Resource": "TrainingJob"}),
        ("sagemaker", "list_processing_jobs", {}),
        ("sagemaker", "list_endpoints", {}),
        ("sagemaker", "delete_training_job", {"TrainingJobName": "a"}),
        ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "e", "Body": b"1,2"}),
        ("logs", "list_anomalies", {}),
        ("sns", "list_phone_numbers_opted_out", {}),
        ("sqs", "list_message_move_tasks", {"SourceArn": "arn:aws:sqs:us-east-1:0:q"}),
        ("iam", "list_server_certificates", {}),
        ("sts", "decode_authorization_message", {"EncodedMessage": "m"}),
        ("cloudwatch", "list_metric_streams", {}),
        ("ssm", "list_documents", {}),
        ("cloudformation", "list_type_registrations", {}),
        ("service-quotas", "list_services", {}),
        ("lambda", "list_code_signing_configs", {}),
        ("lambda", "list_capacity_providers", {}),
        ("s3", "list_directory_buckets", {}),
        # Services that the local cloud has not at all, by JSON and by the older query protocol.
        ("rekognition", "list_collections", {}),
        ("polly", "describe_voices", {}),
        ("elasticbeanstalk", "describe_applications", {}),
    ],
)
def test_call_that_is_not_supported_says_so(
    client: Client, service: str, call: str, given: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match=REFUSED):
        getattr(client(service), call)(**given)


@pytest.fixture
def own_bucket(client: Client) -> str:
    name = f"own-{uuid.uuid4().hex}"
    client("s3").create_bucket(Bucket=name)
    return name


@pytest.mark.parametrize(
    "call",
    [
        "delete_bucket_analytics_configuration",
        "delete_bucket_intelligent_tiering_configuration",
        "delete_bucket_inventory_configuration",
        "delete_bucket_metrics_configuration",
        "get_bucket_metrics_configuration",
    ],
)
def test_configuration_that_s3_has_not_leaves_the_bucket(
    client: Client, own_bucket: str, call: str
) -> None:
    with pytest.raises(ClientError, match=REFUSED):
        getattr(client("s3"), call)(Bucket=own_bucket, Id="i")
    client("s3").head_bucket(Bucket=own_bucket)


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("update_object_encryption", {"ObjectEncryption": {"SSEKMS": {"KMSKeyArn": KEY}}}),
        ("rename_object", {"RenameSource": "other"}),
        ("get_object_torrent", {}),
        (
            "select_object_content",
            {
                "Expression": "select * from s3object",
                "ExpressionType": "SQL",
                "InputSerialization": {"CSV": {}},
                "OutputSerialization": {"CSV": {}},
            },
        ),
    ],
)
def test_call_that_s3_has_not_leaves_the_object(
    client: Client, own_bucket: str, call: str, given: dict[str, Any]
) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=own_bucket, Key="k", Body=b"mine")
    with pytest.raises(ClientError, match=REFUSED):
        getattr(s3, call)(Bucket=own_bucket, Key="k", **given)
    assert s3.get_object(Bucket=own_bucket, Key="k")["Body"].read() == b"mine"


def test_subresources_are_all_that_s3s_service_model_knows() -> None:
    model = get_session().get_service_model("s3")
    queries = (
        urlsplit(model.operation_model(name).http["requestUri"]).query
        for name in model.operation_names
    )
    # With a value, it is a parameter.
    known = {part for query in queries for part in query.split("&") if "=" not in part}
    assert known - {""} == SUBRESOURCES


def test_settings_of_a_bucket_are_still_answered(client: Client, own_bucket: str) -> None:
    s3 = client("s3")
    assert s3.get_bucket_request_payment(Bucket=own_bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_versioning(Bucket=own_bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=own_bucket, Key="k", Body=b"x", Tagging="a=b")
    assert s3.get_object_tagging(Bucket=own_bucket, Key="k")["TagSet"][0]["Value"] == "b"
    s3.delete_object_tagging(Bucket=own_bucket, Key="k")
    upload = s3.create_multipart_upload(Bucket=own_bucket, Key="l")["UploadId"]
    assert s3.list_multipart_uploads(Bucket=own_bucket)["Uploads"][0]["UploadId"] == upload
    assert len(s3.list_object_versions(Bucket=own_bucket)["Versions"]) == 1
    # A part of a query that S3 does not know is no call.
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 1


def test_call_of_a_function_that_lambda_has_not_is_no_absent_function(
    client: Client, outputs: dict[str, str]
) -> None:
    functions, name = client("lambda"), outputs["EchoFunctionArn"]
    with pytest.raises(ClientError, match=REFUSED):
        functions.get_runtime_management_config(FunctionName=name)
    config = "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0000000000000000a"
    with pytest.raises(ClientError, match=REFUSED):
        functions.put_function_code_signing_config(CodeSigningConfigArn=config, FunctionName=name)
    assert functions.get_function_code_signing_config(FunctionName=name)["FunctionName"]
    with pytest.raises(functions.exceptions.ResourceNotFoundException, match="not found"):
        functions.get_function(FunctionName="absent")

"""What docs/local-cloud.md says of differences from AWS is so: twenty of its statements, tried.

Each test names the words of the page that it tries. They must stand there; who changes the page or
the local cloud changes both.
"""

import io
import json
import urllib.error
import urllib.request
import uuid

import pytest

from dropforge.cloud import Cloud
from tests.integration.cloud.conftest import IMAGE
from tests.integration.cloud.limits import Client, refused, says, with_keys


def status_of(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@says("`test` is the root user of account 000000000000")
def test_root_user(client: Client) -> None:
    identity = client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::000000000000:root"


@says("So is any access key of twelve digits, for the account of that number.")
def test_key_of_twelve_digits(cloud: Cloud) -> None:
    sts = with_keys(cloud, "sts", "123456789012")
    assert sts.get_caller_identity()["Account"] == "123456789012"


@says("Every other key must have been made with IAM or STS, is checked")
def test_key_that_nobody_made(cloud: Cloud) -> None:
    s3 = with_keys(cloud, "s3", "AKIAIOSFODNN7EXAMPLE")
    assert refused(s3.list_buckets)[0] == "InvalidAccessKeyId"


@says(
    "Every other name, spelling of an address, trailing dot or absolute request target is refused"
)
@pytest.mark.parametrize("host", ["example.org", "127.1", "localhost."])
def test_other_host(cloud: Cloud, host: str) -> None:
    request = urllib.request.Request(cloud.endpoint, headers={"Host": host})
    assert status_of(request) == 403


@says("Calls count as encrypted (`aws:SecureTransport` is true)")
def test_plain_http_is_not_refused_for_being_plain(client: Client) -> None:
    name = f"encrypted-{uuid.uuid4().hex[:8]}"
    client("s3").create_bucket(Bucket=name)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }  # fmt: skip
    client("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    client("s3").put_object(Bucket=name, Key="a", Body=b"a")


@says("S3 answers 404 where there is nothing to a role that may not list the bucket")
def test_nothing_there_for_one_who_may_not_list(client: Client, cloud: Cloud) -> None:
    s3, iam, name = client("s3"), client("iam"), f"lists-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    iam.create_user(UserName=name)
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName=name, PolicyName="reads", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    reader = with_keys(cloud, "s3", key["AccessKeyId"], key["SecretAccessKey"])
    assert refused(reader.get_object, Bucket=name, Key="none")[0] == "NoSuchKey"


@says("Service Quotas answers for two quotas, ml.m5.large of training and of transform jobs")
def test_quotas(client: Client) -> None:
    quotas = client("service-quotas")
    found = quotas.list_service_quotas(ServiceCode="sagemaker")["Quotas"]
    assert {quota["QuotaName"] for quota in found} == {
        "ml.m5.large for training job usage",
        "ml.m5.large for transform job usage",
    }


@says("ListEndpointConfigs, which has none", "(Search, ListProcessingJobs, DeleteTrainingJob, …)")
def test_what_sagemaker_has(client: Client) -> None:
    sagemaker = client("sagemaker")
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    for call, request in (
        (sagemaker.search, {"Resource": "TrainingJob"}),
        (sagemaker.list_processing_jobs, {}),
    ):
        assert "not supported by the local cloud" in refused(call, **request)[1]


@says("There is no `StartMessageMoveTask`.")
def test_messages_are_not_moved(client: Client) -> None:
    source = "arn:aws:sqs:us-east-1:000000000000:any"
    assert refused(client("sqs").start_message_move_task, SourceArn=source)


@says("Other images are refused.")
def test_other_image_is_refused(client: Client, bare_role: str, model_data: str) -> None:
    image = IMAGE.replace("sagemaker-xgboost:3.2-0", "sagemaker-scikit-learn:1.2-1")
    code, _ = refused(
        client("sagemaker").create_model,
        ModelName="limits-image", ExecutionRoleArn=bare_role,
        PrimaryContainer={"Image": image, "ModelDataUrl": model_data},
    )  # fmt: skip
    assert code == "ValidationException"


@says("AddTags, ListTags and DeleteTags", "may be limited to resources with a tag")
def test_tags_of_a_group(client: Client) -> None:
    sagemaker, name = client("sagemaker"), f"limits-{uuid.uuid4().hex[:8]}"
    made = sagemaker.create_model_package_group(ModelPackageGroupName=name)
    arn = made["ModelPackageGroupArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []


@says("S3 encryption, lifecycle and access logging are accepted and do nothing.")
def test_lifecycle_does_nothing(client: Client) -> None:
    s3, name = client("s3"), f"cycle-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    rule = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    s3.put_object(Bucket=name, Key="a", Body=io.BytesIO(b"a"))
    assert "Expiration" not in s3.head_object(Bucket=name, Key="a")


@says("and `/health` need the header `x-dropforge-token`")
@pytest.mark.parametrize("path", ["_ministack/health", "_localstack/health", "health"])
def test_administrative_path_needs_the_token(cloud: Cloud, path: str) -> None:
    assert status_of(urllib.request.Request(f"{cloud.endpoint}/{path}")) == 403


@says("An alarm is evaluated only when it is described.")
def test_alarm_is_evaluated_when_described(client: Client) -> None:
    cloudwatch, name = client("cloudwatch"), f"limits-{uuid.uuid4().hex[:8]}"
    cloudwatch.put_metric_alarm(
        AlarmName=name, Namespace=name, MetricName="m", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )  # fmt: skip
    cloudwatch.put_metric_data(Namespace=name, MetricData=[{"MetricName": "m", "Value": 5}])
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"


@says("An event to a bus that does not exist is taken and lost.")
def test_event_to_no_bus(client: Client) -> None:
    entry = {"Source": "a", "DetailType": "b", "Detail": "{}", "EventBusName": "not-there"}
    assert client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0

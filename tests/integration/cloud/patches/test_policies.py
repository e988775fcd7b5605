"""Policies of IAM, buckets and topics; fails on ministack as it is."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dropforge.cloud.endpoint import Cloud

Client = Callable[[str], Any]


def test_policy_that_refuses_plain_http_lets_local_calls_pass(client: Client) -> None:
    s3 = client("s3")
    name = f"tls-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(
        Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    iam = client("iam")
    iam.create_user(UserName=name)
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName=name, PolicyName="s3", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    user = boto3.client(
        "s3",
        endpoint_url=s3.meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    user.put_object(Bucket=name, Key="k", Body=b"v")
    user.close()


# Not patched, but relied on.
def test_listing_is_allowed_by_prefix(
    client: Client, bucket: str, outputs: dict[str, str], cloud: Cloud
) -> None:
    sts = client("sts")
    iam = client("iam")
    name = f"lister-{uuid.uuid4().hex[:8]}"
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{cloud.account}:root"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    allow = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
        "Condition": {"StringLike": {"s3:prefix": "data/*"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName=name, PolicyName="list", PolicyDocument=policy)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="lister")["Credentials"]
    s3 = boto3.client(
        "s3",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert s3.list_objects_v2(Bucket=bucket, Prefix="data/train/")["KeyCount"] == 1
    for prefix in ("secret/", ""):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
    s3.close()


def test_topic_of_a_stack_lets_nobody_publish_whose_policies_do_not(
    client: Client, cloud: Cloud
) -> None:
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    formation, iam = client("cloudformation"), client("iam")
    formation.create_stack(StackName="topics", TemplateBody=body)
    formation.get_waiter("stack_create_complete").wait(
        StackName="topics", WaiterConfig={"Delay": 1}
    )
    [resource] = formation.describe_stack_resources(StackName="topics")["StackResources"]
    topic = resource["PhysicalResourceId"]
    iam.create_user(UserName="publisher")
    key = iam.create_access_key(UserName="publisher")["AccessKey"]
    sns = boto3.client(
        "sns",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    with pytest.raises(ClientError, match="AuthorizationError"):
        sns.publish(TopicArn=topic, Message="m")
    allow = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName="publisher", PolicyName="own", PolicyDocument=policy)
    assert sns.publish(TopicArn=topic, Message="m")["MessageId"]
    sns.close()

"""Two writers of one message.json, on moto."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pipeline.delivery.message_file import MessageFile
from tests.integration.channels import BUCKET

Document = dict[str, Any]


@pytest.fixture
def file(aws: None) -> MessageFile:
    return MessageFile(boto3.client("s3"), BUCKET, "churn-1")


def another() -> MessageFile:
    file = MessageFile(boto3.client("s3"), BUCKET, "churn-1")
    file.read()
    return file


def count(name: str) -> Any:
    def change(document: Document) -> bool:
        document[name] = document.get(name, 0) + 1
        return True

    return change


def test_file_is_created_once(file: MessageFile) -> None:
    assert file.create({"first": 1})
    second = MessageFile(boto3.client("s3"), BUCKET, "churn-1")
    assert not second.create({"second": 1})
    assert second.document == another().document == {"first": 1}


@pytest.mark.parametrize("edits", [0, 1, 2])
def test_edit_after_another_writer_keeps_what_that_one_wrote(file: MessageFile, edits: int) -> None:
    file.create({})
    for _ in range(edits):
        file.edit(count("mine"))
    another().edit(count("theirs"))
    assert file.edit(count("mine"))
    assert file.document == another().document == {"mine": edits + 1, "theirs": 1}


def test_edit_that_changes_its_mind_writes_nothing(file: MessageFile) -> None:
    file.create({})
    before = boto3.client("s3").list_object_versions(Bucket=BUCKET)["Versions"]
    another().edit(count("theirs"))

    def if_alone(document: Document) -> bool:
        document["mine"] = 1
        return "theirs" not in document

    assert not file.edit(if_alone)
    assert another().document == {"theirs": 1}
    assert len(boto3.client("s3").list_object_versions(Bucket=BUCKET)["Versions"]) == (
        len(before) + 1
    )


def test_read_of_a_file_that_was_deleted_fails(file: MessageFile) -> None:
    file.create({})
    boto3.client("s3").delete_object(Bucket=BUCKET, Key="runs/churn-1/message.json")
    with pytest.raises(ClientError):
        file.read()

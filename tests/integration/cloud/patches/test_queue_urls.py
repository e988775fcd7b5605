from pathlib import Path
from urllib.parse import urlsplit

from dropforge import cloud as clouds


def test_queue_is_the_same_when_the_cloud_comes_up_on_another_port(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    sqs = clouds.session(first).client("sqs")
    before = sqs.create_queue(QueueName="kept")["QueueUrl"]
    assert before.startswith(first.endpoint)
    sqs.send_message(QueueUrl=before, MessageBody="one")
    clouds.down(first)
    second = clouds.up(tmp_path)
    try:
        assert urlsplit(second.endpoint).port != urlsplit(first.endpoint).port
        sqs = clouds.session(second).client("sqs")
        after = sqs.create_queue(QueueName="kept")["QueueUrl"]
        assert after.startswith(second.endpoint)
        assert sqs.list_queues()["QueueUrls"] == [after]
        # A function has the address in its environment from before.
        sqs.send_message(QueueUrl=before, MessageBody="two")
        names = ["ApproximateNumberOfMessages"]
        found = sqs.get_queue_attributes(QueueUrl=after, AttributeNames=names)["Attributes"]
        assert found[names[0]] == "2"
    finally:
        clouds.down(second)

"""Clients of the local cloud."""

from botocore.config import Config

from dropforge.cloud.endpoint import LocalSession


def test_clients_do_not_hash_bodies_for_a_signature_that_is_not_checked() -> None:
    session = LocalSession("http://127.0.0.1:1", "us-east-1")
    config = Config(read_timeout=7, s3={"addressing_style": "virtual"})
    for given in ({}, {"config": Config(read_timeout=7)}):
        client = session.client("s3", **given)
        assert client.meta.config.s3["payload_signing_enabled"] is False
        assert client.meta.config.read_timeout == (7 if given else 60)
        assert client.meta.endpoint_url == "http://127.0.0.1:1"
    assert session.client("s3", config=config).meta.config.s3["addressing_style"] == "virtual"


def test_clients_know_all_operations_and_none_of_their_prose() -> None:
    model = LocalSession("http://127.0.0.1:1", "us-east-1").client("stepfunctions").meta
    assert "GetExecutionHistory" in model.service_model.operation_names
    assert not model.service_model.operation_model("GetExecutionHistory").documentation

"""A cloud that listens on a bridge as well: who reaches what, by real connections.

The bridge here is a part of the loopback network, whose addresses Linux has without Docker.
"""

import contextlib
import http.client
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from dropforge.cloud.door.bridge import Bridge
from dropforge.cloud.endpoint import LocalSession
from dropforge.errors import BridgeError
from tests.integration.cloud.door.served import authorization

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 as its own addresses"
)
BRIDGE = Bridge.read("127.0.9.1/24")
CONTAINER, NEIGHBOUR = "127.0.9.2", "127.0.8.2"


@pytest.fixture(scope="module")
def bridged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clouds.Cloud]:
    started = clouds.up(tmp_path_factory.mktemp("cloud"), bridge=BRIDGE)
    yield started
    clouds.down(started)


def asked(cloud: clouds.Cloud, source: str, host: str | None = None) -> tuple[int, str]:
    """List the buckets from an address; return status and body."""
    address = urlsplit(cloud.docker_endpoint)
    assert address.hostname
    connection = http.client.HTTPConnection(
        address.hostname, address.port, timeout=10, source_address=(source, 0)
    )
    with contextlib.closing(connection):
        headers = {"Host": host or address.netloc, "Authorization": authorization()}
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_a_cloud_says_where_containers_reach_it(bridged: clouds.Cloud) -> None:
    port = urlsplit(bridged.endpoint).port
    assert bridged.docker_endpoint == f"http://127.0.9.1:{port}"
    assert clouds.running(bridged.state_dir) == bridged


def test_a_container_gets_what_a_program_gets(bridged: clouds.Cloud) -> None:
    clouds.session(bridged).client("s3").create_bucket(Bucket="from-here")
    client = LocalSession(bridged.docker_endpoint, bridged.region).client("s3")
    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == ["from-here"]
    status, body = asked(bridged, CONTAINER)
    assert status == 200
    assert "<Name>from-here</Name>" in body


@pytest.mark.parametrize("source", [NEIGHBOUR, "127.0.9.1"])
def test_others_than_containers_are_refused_at_the_bridge(
    bridged: clouds.Cloud, source: str
) -> None:
    status, body = asked(bridged, source)
    assert status == 403
    assert f"{source} is no container of Docker's bridge 127.0.9.1/24" in body


def test_a_name_that_a_site_could_own_is_refused_to_a_container(bridged: clouds.Cloud) -> None:
    status, body = asked(bridged, CONTAINER, "evil.example")
    assert status == 403
    assert "'evil.example' is not answered" in body


def test_keys_are_checked_at_the_bridge(bridged: clouds.Cloud) -> None:
    session = LocalSession(bridged.docker_endpoint, bridged.region)
    stranger = session.client("s3", aws_access_key_id="AKIAOTHER", aws_secret_access_key="x")
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        stranger.list_buckets()


def test_a_cloud_without_a_bridge_listens_at_none(cloud: clouds.Cloud) -> None:
    assert cloud.docker_endpoint == ""
    with socket.socket() as other:
        assert other.connect_ex((str(BRIDGE.address), urlsplit(cloud.endpoint).port)) != 0


def test_a_bridge_that_is_elsewhere_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"198\.51\.100\.1:\d+ .* no address of this machine"):
        clouds.up(tmp_path, bridge=Bridge.read("198.51.100.1/24"))
    assert clouds.running(tmp_path) is None


def test_a_port_that_is_taken_at_the_bridge_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((str(BRIDGE.address), 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BridgeError, match=f"127.0.9.1:{port} .*--port"):
            clouds.up(tmp_path, port=port, bridge=BRIDGE)
    assert clouds.running(tmp_path) is None

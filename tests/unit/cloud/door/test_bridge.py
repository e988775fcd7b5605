"""Docker's bridge: where it is, and who is answered there."""

import json
import stat
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud.door import bridge as bridges
from dropforge.cloud.door.bridge import Bridge, find_bridge
from dropforge.errors import BridgeError
from tests.unit.cloud.door.doors import TOKEN, ask

BRIDGE = Bridge.read("172.17.0.1/16")
CONTAINER = "172.17.0.2"
HOST = "172.17.0.1:4566"


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what puts a `docker` onto the PATH, the only program there."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(script: str) -> None:
        program = tmp_path / "docker"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    return put


def described(*pools: dict[str, str]) -> str:
    told = json.dumps([{"Name": "bridge", "IPAM": {"Config": pools}}])
    return f"[ \"$*\" = 'network inspect bridge' ] && echo '{told}'"


@pytest.mark.parametrize(
    ("pools", "expected"),
    [
        ([{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}], "172.17.0.1/16"),
        # Engines before 26.
        ([{"Subnet": "172.17.0.0/16"}], "172.17.0.1/16"),
        # "bip" of daemon.json.
        ([{"Subnet": "10.200.0.0/24", "Gateway": "10.200.0.254"}], "10.200.0.254/24"),
        ([{"Subnet": "fd00::/80"}, {"Subnet": "192.168.9.0/28"}], "192.168.9.1/28"),
    ],
)
def test_the_bridge_is_what_docker_says(docker: Any, pools: Any, expected: str) -> None:
    docker(described(*pools))
    assert find_bridge() == Bridge.read(expected)


def test_without_docker_the_remedy_is_named(docker: Any) -> None:
    with pytest.raises(BridgeError, match=r"no `docker` on the PATH.*leave out --docker"):
        find_bridge()


def test_an_engine_that_does_not_answer_is_told_with_its_words(docker: Any) -> None:
    docker("echo 'Cannot connect to the Docker daemon at unix:///x.' >&2; exit 1")
    with pytest.raises(BridgeError, match=r"\(Cannot connect to .* at unix:///x\); start"):
        find_bridge()


def test_an_engine_that_hangs_is_not_waited_for(
    docker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridges, "_SECONDS", 0.2)
    docker("exec /bin/sleep 5")
    with pytest.raises(BridgeError, match="did not answer within"):
        find_bridge()


@pytest.mark.parametrize("told", ["[]", "no JSON", '[{"IPAM": {}}]', '[{"IPAM": null}]'])
def test_a_description_that_is_none_is_refused(docker: Any, told: str) -> None:
    docker(f"echo '{told}'")
    with pytest.raises(BridgeError, match="cannot be read"):
        find_bridge()


@pytest.mark.parametrize("pools", [[], [{"Subnet": "fd00::/80"}]])
def test_a_network_without_an_ipv4_address_is_refused(docker: Any, pools: Any) -> None:
    docker(described(*pools))
    with pytest.raises(BridgeError, match="no IPv4 address"):
        find_bridge()


def test_a_bridge_is_written_as_it_is_read() -> None:
    assert Bridge(IPv4Address("172.17.0.1"), IPv4Network("172.17.0.0/16")) == BRIDGE
    assert Bridge.read(str(BRIDGE)) == BRIDGE


@pytest.mark.parametrize("peer", [CONTAINER, "172.17.255.254", "127.0.0.1"])
def test_containers_and_this_machine_are_answered(peer: str) -> None:
    assert ask(host=HOST, bridge=BRIDGE, client=peer).reached
    assert ask(host="127.0.0.1:4566", bridge=BRIDGE, client=peer).reached
    assert ask(host="my-bucket.172.17.0.1:4566", bridge=BRIDGE, client=peer).reached


@pytest.mark.parametrize(
    "peer",
    [
        # The machine itself, as its own browser would come.
        "172.17.0.1",
        # A neighbour that routes to the bridge, another network's container, IPv6, a socket.
        "192.0.2.7",
        "172.18.0.2",
        "::1",
        "::ffff:172.17.0.2",
        "",
        None,
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_others_are_refused_even_with_the_token(peer: str | None, kind: str) -> None:
    headers = {"x-dropforge-token": TOKEN}
    answer = ask(host=HOST, headers=headers, bridge=BRIDGE, client=peer, kind=kind)
    assert (answer.status, answer.reached) == (403, False)
    if kind == "http":
        assert "no container of Docker's bridge 172.17.0.1/16" in answer.body


@pytest.mark.parametrize(
    "host", ["evil.example", "172.17.0.2:4566", "172.17.0.1.evil.example", "host.docker.internal"]
)
def test_other_names_are_refused_to_a_container_too(host: str) -> None:
    assert ask(host=host, bridge=BRIDGE, client=CONTAINER).status == 403


def test_pages_and_administrative_paths_are_refused_to_a_container_too() -> None:
    page = {"user-agent": "Mozilla/5.0", "origin": "http://172.17.0.1:4566"}
    at = {"host": HOST, "bridge": BRIDGE, "client": CONTAINER}
    assert ask("PUT", "/reports/x", page, **at).status == 403
    assert ask("POST", "/_ministack/reset", **at).status == 403
    assert ask("POST", "/_ministack/reset", {"x-dropforge-token": TOKEN}, **at).reached


def test_without_a_bridge_its_address_is_refused() -> None:
    assert not ask(host=HOST, client=CONTAINER).reached

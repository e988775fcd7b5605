"""Docker's bridge: the address at which containers of this machine reach the local cloud.

A container's own 127.0.0.1 is the container. The engine's default network has a bridge on
the host, and that bridge's address is the host's to every container (Docker documentation,
Bridge network driver). It is one more address of this machine: Linux takes a packet for it
from any interface, so a neighbour in the network could send one there. So who asks at it must
have an address of the bridge's network, and not the bridge's own, which is what programs and
browsers of this machine would have; they have 127.0.0.1.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Any

from dropforge.errors import BridgeError

_SECONDS = 20
_ADVICE = "start Docker's engine, or leave out --docker"


@dataclass(frozen=True)
class Bridge:
    """The bridge of the engine's default network, "bridge"."""

    address: IPv4Address
    network: IPv4Network

    def __str__(self) -> str:
        """Return what `Bridge.read` reads."""
        return f"{self.address}/{self.network.prefixlen}"

    @classmethod
    def read(cls, text: str) -> "Bridge":
        """Read an address with the length of its network's prefix."""
        address = text.partition("/")[0]
        return cls(IPv4Address(address), IPv4Network(text, strict=False))

    def is_container(self, peer: str) -> bool:
        """Whether an address is that of a container on the bridge."""
        try:
            address = IPv4Address(peer)
        except ValueError:
            return False
        return address in self.network and address != self.address


def find_bridge() -> Bridge:
    """Ask Docker for the bridge of its default network.

    Raises
    ------
    BridgeError
        There is no Docker, its engine does not answer, or the network has no IPv4 address.
    """
    docker = shutil.which("docker")
    if docker is None:
        raise BridgeError(f"there is no `docker` on the PATH; install it, {_ADVICE}")
    command = (docker, "network", "inspect", "bridge")
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BridgeError(
            f"`{' '.join(command[1:])}` of docker did not answer within {_SECONDS} s; {_ADVICE}"
        ) from error
    if done.returncode != 0:
        said = done.stderr.strip().rstrip(".") or f"exit code {done.returncode}"
        raise BridgeError(f"Docker does not answer ({said}); {_ADVICE}")
    return _bridge_of(done.stdout)


def _bridge_of(told: str) -> Bridge:
    try:
        pools: list[dict[str, Any]] = json.loads(told)[0]["IPAM"]["Config"] or []
        for pool in pools:
            network = ip_network(pool["Subnet"])
            if isinstance(network, IPv4Network):
                # Engines before 26 name no gateway of the default network; it is the first
                # address (Docker documentation, dockerd, --bip).
                gateway = pool.get("Gateway") or str(next(network.hosts()))
                return Bridge(IPv4Address(gateway), network)
    except (ValueError, LookupError, TypeError) as error:
        raise BridgeError(
            f'Docker\'s description of its network "bridge" cannot be read ({error}); see '
            "`docker network inspect bridge`"
        ) from error
    raise BridgeError(
        'Docker\'s network "bridge" has no IPv4 address, so no container reaches this machine '
        "by one; see `docker network inspect bridge`"
    )

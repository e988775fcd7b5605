"""The sockets that a local cloud listens on."""

import errno
import socket

from dropforge.cloud.door.bridge import Bridge
from dropforge.cloud.endpoint import HOST
from dropforge.errors import BridgeError, PortInUseError


def listen(port: int) -> socket.socket:
    """Listen on the loopback interface; port 0 takes a free one."""
    try:
        return _bound(HOST, port)
    except OSError as error:
        raise PortInUseError(
            f"port {port} on {HOST} cannot be had ({error.strerror}); stop the program that "
            "listens there, or choose another with --port"
        ) from error


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Else a port is refused for a minute after a cloud that had connections went down.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def listen_at_bridge(bridge: Bridge, listener: socket.socket) -> socket.socket:
    """Listen on Docker's bridge, at the port of another listener."""
    port = listener.getsockname()[1]
    try:
        return _bound(str(bridge.address), port)
    except OSError as error:
        where = f"{bridge.address}:{port} of Docker's bridge cannot be had ({error.strerror})"
        if error.errno == errno.EADDRNOTAVAIL:
            raise BridgeError(
                f"{where}: it is no address of this machine. Docker Desktop, a rootless engine and "
                "one on another machine have their bridge elsewhere; use an engine of this "
                "machine's own Linux, or leave out --docker"
            ) from error
        raise BridgeError(f"{where}; choose another port with --port") from error

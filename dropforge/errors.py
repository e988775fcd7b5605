"""Every error that the command and the local cloud raise on purpose.

DropforgeError
└── CloudError               the local cloud could not do what was asked
    ├── PortInUseError       another program listens on the port
    ├── AlreadyRunningError  a cloud of this state directory is up already
    ├── StartError           the server process did not become healthy
    ├── DamagedStateError    a file of its state cannot be read
    ├── CloudLostError       the cloud ended while a command used it
    ├── StopError            the server process did not end
    ├── DeployError          the stack was not created or updated
    └── PatchError           a dependency is not the one that the patches were written for
"""


class DropforgeError(Exception):
    """Base of all; never raised itself."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class CloudError(DropforgeError):
    """The local cloud could not do what was asked."""


class PortInUseError(CloudError):
    """Another program listens on the port."""


class AlreadyRunningError(CloudError):
    """A cloud of this state directory is up already."""


class StartError(CloudError):
    """The server process did not become healthy."""


class DamagedStateError(CloudError):
    """A file of its state cannot be read."""


class CloudLostError(CloudError):
    """The cloud ended while a command used it."""


class StopError(CloudError):
    """The server process did not end."""


class DeployError(CloudError):
    """The stack was not created or updated."""


class PatchError(CloudError):
    """A dependency is not the one that the patches were written for."""

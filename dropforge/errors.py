"""The errors by which the command and the local cloud tell a user what is wrong.

A ClientFault makes the command exit with 2, unless another code is said here.

DropforgeError
├── ClientFault                    between a command and a stack; the user can put it right
│   ├── EnvironmentUnknownError    samconfig.toml has no such environment, or cannot be read
│   ├── StackMissingError          nothing is deployed under the stack's name
│   ├── DropFileError              the file to drop cannot be read
│   ├── OutUnusableError           a run's files cannot be written; exits 3 if the run is over
│   ├── RunUnknownError            the bucket knows no such run
│   ├── RunAmbiguousError          several runs begin with what was given
│   ├── RunsUnderWayError          the local cloud is not stopped while runs go on in it
│   ├── RunLostError               nothing knows how a run ended; the command exits 3
│   ├── RunUnfinishedError         a run goes on, so it has no files yet; the command exits 3
│   ├── RegistryError              no model package can be promoted or rolled back
│   ├── SettingUnknownError        a setting to be changed is not there
│   ├── PredictionsUnreadableError predictions and truth of a run do not belong together
│   ├── ModelUnusableError         model.tar.gz and encoder.json are not there, or do not fit
│   ├── RowsUnreadableError        rows to be predicted are nothing that has columns and values
│   ├── InvocationError            a function of the stack failed; the command exits 3
│   └── FollowTimeoutError         a run gave no sign of its end in time; the command exits 3
└── CloudError               the local cloud could not do what was asked
    ├── PortInUseError       another program listens on the port
    ├── BridgeError          Docker's bridge cannot be found or listened on
    ├── AlreadyRunningError  a cloud of this state directory is up already
    ├── StartError           the server process did not become healthy
    ├── DamagedStateError    a file of its state cannot be read
    ├── CloudLostError       the cloud ended while a command used it
    ├── StopError            the server process did not end
    ├── DeployError          the stack was not created or updated
    └── PatchError           a dependency is not the one that the patches were written for
KeyboardInterrupt
└── FollowInterrupt            a person stopped the command while it waited for a run
"""


class DropforgeError(Exception):
    """Base of all; never raised itself."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ClientFault(DropforgeError):  # noqa: N818 - the base; its leaves end in Error
    """Something that the user can put right; its message says how."""


class EnvironmentUnknownError(ClientFault):
    """samconfig.toml has no such environment, or cannot be read."""


class StackMissingError(ClientFault):
    """Nothing is deployed under the stack's name."""


class DropFileError(ClientFault):
    """The file to drop cannot be read."""


class OutUnusableError(ClientFault):
    """A run's files cannot be written where they should go.

    Parameters
    ----------
    run : the run that is over, None before it began.
    """

    def __init__(self, message: str, run: str | None = None) -> None:
        super().__init__(message)
        self.run = run


class RunUnknownError(ClientFault):
    """The bucket knows no such run."""


class RunAmbiguousError(ClientFault):
    """Several runs begin with what was given; its message lists them."""


class RunsUnderWayError(ClientFault):
    """The local cloud is not stopped while runs go on in it, unless a person says so."""


class RunLostError(ClientFault):
    """A run left objects in the bucket, but neither an execution nor a message."""


class RunUnfinishedError(ClientFault):
    """A run goes on, so it has no files yet."""


class RegistryError(ClientFault):
    """No model package can be promoted or rolled back."""


class SettingUnknownError(ClientFault):
    """A setting that is to be unset is not set, or is no place for another."""


class PredictionsUnreadableError(ClientFault):
    """Predictions and truth of a run do not belong together."""


class ModelUnusableError(ClientFault):
    """A model's files are not there, are damaged, or do not belong together."""


class RowsUnreadableError(ClientFault):
    """What is to be predicted is nothing that has columns and values."""


class InvocationError(ClientFault):
    """A function of the stack failed."""


class FollowTimeoutError(ClientFault):
    """A run gave no sign of its end in time.

    Parameters
    ----------
    goes_on : whether it was under way when the time was over.
    """

    def __init__(
        self, message: str, run: str | None = None, env: str = "local", *, goes_on: bool = False
    ) -> None:
        super().__init__(message)
        self.run, self.env, self.goes_on = run, env, goes_on


class FollowInterrupt(KeyboardInterrupt):
    """A person stopped the command while it waited for a run, or fetched its files."""

    def __init__(self, run: str, env: str, *, is_over: bool) -> None:
        super().__init__(f"run {run} in {env}")
        self.run, self.env, self.is_over = run, env, is_over


class CloudError(DropforgeError):
    """The local cloud could not do what was asked."""


class PortInUseError(CloudError):
    """Another program listens on the port."""


class BridgeError(CloudError):
    """Docker's bridge cannot be found, or not be listened on."""


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

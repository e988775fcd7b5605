"""Turns the faults that a user can meet into a sentence, a remedy and an exit code."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError

from dropforge.cli.connection.after_interrupt import interrupted, what_next
from dropforge.cli.screen.output import Output
from dropforge.errors import (
    AlreadyRunningError,
    BridgeError,
    ClientFault,
    DropforgeError,
    FollowTimeoutError,
    InvocationError,
    OutUnusableError,
    PortInUseError,
    PredictionsUnreadableError,
    RunLostError,
    RunUnfinishedError,
)
from pipeline.errors import InputError

REFUSED = 2
FAILED = 3
INTERRUPTED = 130

_CREDENTIAL_CODES = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_FAILURES = (InvocationError, PredictionsUnreadableError, RunLostError, RunUnfinishedError)
_DENIED_CODES = {"AccessDenied", "AccessDeniedException", "Forbidden", "403"}
_UNREACHABLE = ("EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError")
_SIGN_IN = (
    "give --env local to stay on this machine, or sign in to AWS "
    "(`aws sso login` or `aws configure`, and AWS_PROFILE)"
)


@dataclass(frozen=True)
class Fault:
    """A fault as the user sees it.

    Parameters
    ----------
    run : the run that the command no longer waits for, if it is that.
    """

    name: str
    message: str
    code: int
    run: str | None = None


def fault_of(error: Exception) -> Fault | None:
    """Return what to tell of an error, None if it is a defect of this program."""
    name = type(error).__name__
    if isinstance(error, InputError):
        return Fault(name, str(error), REFUSED)
    if isinstance(error, FollowTimeoutError):
        next_step = f"; {what_next(error.run, error.env)}" if error.run and error.goes_on else ""
        return Fault(name, f"{error}{next_step}", FAILED, error.run)
    if isinstance(error, OutUnusableError):
        return Fault(name, str(error), FAILED if error.run else REFUSED, error.run)
    if isinstance(error, _FAILURES):
        return Fault(name, str(error), FAILED)
    if isinstance(error, ClientFault | PortInUseError | BridgeError | AlreadyRunningError):
        return Fault(name, str(error), REFUSED)
    if isinstance(error, DropforgeError):
        return Fault(name, str(error), FAILED)
    if isinstance(error, ClientError):
        return _of_answer(error)
    if isinstance(error, BotoCoreError):
        return _of_sdk(error, name)
    if isinstance(error, OSError) and error.filename is not None:
        return Fault(name, f"{error.filename}: {error.strerror}", REFUSED)
    return None


def _of_answer(error: ClientError) -> Fault:
    code, operation = error.response["Error"]["Code"], error.operation_name
    said = error.response["Error"].get("Message", "").strip()
    if code in _CREDENTIAL_CODES:
        return Fault(code, f"AWS does not accept the credentials ({said}); {_SIGN_IN}", REFUSED)
    if code in _DENIED_CODES:
        message = f"the credentials in use may not call {operation} ({said}); use others"
        return Fault(code, message, REFUSED)
    return Fault(code, f"{operation} failed: {said or code}", FAILED)


def _of_sdk(error: BotoCoreError, name: str) -> Fault:
    said = str(error).rstrip(".")
    if name in _UNREACHABLE:
        message = f"{said}; check the network, AWS_ENDPOINT_URL and the region in samconfig.toml"
        return Fault(name, message, FAILED)
    if name == "NoRegionError":
        message = "no AWS region is set; set region in samconfig.toml, or AWS_DEFAULT_REGION"
        return Fault(name, message, REFUSED)
    return Fault(name, f"{said}; {_SIGN_IN}", REFUSED)


def error_object(fault: Fault) -> dict[str, Any]:
    """Return what ``--json`` prints in place of a result."""
    return {"error": fault.name, "message": fault.message}


@contextmanager
def reported(
    output: Output, shape: Callable[[Fault], Mapping[str, Any]] = error_object
) -> Iterator[None]:
    """Report a fault and exit with its code; let a defect through with its traceback.

    Parameters
    ----------
    shape : makes what ``--json`` prints.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        _stopped(output, stop)
    except Exception as error:
        if broken_by := _interrupt_of(error):
            _stopped(output, broken_by)
        fault = fault_of(error)
        if fault is None:
            raise
        if output.as_json:
            output.result(shape(fault), list)
        output.fault(fault.message)
        raise typer.Exit(fault.code) from None


def _stopped(output: Output, stop: KeyboardInterrupt) -> NoReturn:
    output.fault(interrupted(stop))
    raise typer.Exit(INTERRUPTED) from None


def _interrupt_of(error: BaseException) -> KeyboardInterrupt | None:
    """Return the interrupt that broke into something unfinished, if an error only arose so."""
    context = error.__context__
    if context is None or isinstance(context, KeyboardInterrupt):
        return context
    return _interrupt_of(context)

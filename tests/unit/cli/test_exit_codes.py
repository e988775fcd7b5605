"""What users read of a fault."""

import pytest
import typer
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, NoRegionError

from dropforge import errors
from dropforge.cli.exit_codes import fault_of, reported
from dropforge.cli.screen.output import Output
from dropforge.errors import DropforgeError
from pipeline.errors import TargetMissingError
from tests.unit.cli.fakes import refused


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (TargetMissingError("column 'prize' is missing"), 2, "'prize'"),
        (errors.FollowTimeoutError("too long"), 3, "too long"),
        (errors.StackMissingError("no stack"), 2, "no stack"),
        (errors.OutUnusableError("a file"), 2, "a file"),
        (errors.OutUnusableError("disk full", "churn-1"), 3, "disk full"),
        (errors.RunLostError("lost"), 3, "lost"),
        (errors.AlreadyRunningError("up"), 2, "up"),
        (errors.StartError("ended"), 3, "ended"),
        (NoCredentialsError(), 2, "aws sso login"),
        (NoRegionError(), 2, "set region in samconfig.toml, or AWS_DEFAULT_REGION"),
        (EndpointConnectionError(endpoint_url="http://x"), 3, "check the network"),
        (refused("ExpiredToken", "GetObject"), 2, "aws sso login"),
        (refused("AccessDenied", "GetObject"), 2, "may not call GetObject"),
        (refused("InternalError", "GetObject", "broken"), 3, "GetObject failed: broken"),
        (PermissionError(13, "Permission denied", "/out"), 2, "/out: Permission denied"),
    ],
)
def test_fault_of_what_a_user_can_meet_has_a_code_and_words(
    error: Exception, code: int, words: str
) -> None:
    fault = fault_of(error)
    assert fault is not None
    assert fault.code == code
    assert words in fault.message


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), OSError("no file in it")])
def test_fault_of_a_defect_is_none_so_that_its_traceback_is_seen(error: Exception) -> None:
    assert fault_of(error) is None


def every_kind(base: type[DropforgeError]) -> list[type[DropforgeError]]:
    return [base, *(kind for child in base.__subclasses__() for kind in every_kind(child))]


def test_every_error_raised_on_purpose_has_an_exit_code() -> None:
    for kind in every_kind(DropforgeError):
        fault = fault_of(kind("said"))
        assert fault is not None, kind
        assert fault.code in (2, 3)


def test_an_error_that_an_interrupt_left_behind_is_told_as_the_interrupt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def write() -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise ValueError("the archive is still open")

    with pytest.raises(typer.Exit) as caught, reported(Output(as_json=False)):
        write()
    assert caught.value.exit_code == 130
    assert "stopped" in capsys.readouterr().err

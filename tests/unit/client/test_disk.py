"""Which file an error of the disk is told to be of."""

from pathlib import Path

import pytest
from botocore.exceptions import ReadTimeoutError

from dropforge.client.disk import naming

FILE = Path("/out/report.html")


def file_of(error: OSError) -> object:
    with pytest.raises(type(error), match=r"\S"), naming(FILE):
        raise error
    return error.filename


def test_error_of_a_write_names_the_file() -> None:
    assert file_of(OSError(28, "No space left on device")) == str(FILE)


def test_error_keeps_the_file_that_it_names() -> None:
    assert file_of(PermissionError(13, "Permission denied", "/tmp/part")) == "/tmp/part"


def test_time_out_of_the_sdk_is_of_no_file() -> None:
    assert file_of(ReadTimeoutError(endpoint_url="http://127.0.0.1:1")) is None

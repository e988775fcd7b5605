"""How an object that is not as it was written is told of: by its name, and who wrote it."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from pipeline.aws_errors import ABSENT, DENIED, code_of
from pipeline.errors import ArtefactError

_AGAIN = "drop the file again"


@contextmanager
def present(uri: str, writer: str) -> Iterator[None]:
    """Name the file that S3 says is not there, or must not be read."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in ABSENT:
            raise damaged(uri, writer, f"is not there any more ({code})") from error
        if code in ("InvalidRange", "416"):
            raise damaged(uri, writer, "has become shorter since") from error
        if code in DENIED:
            raise damaged(
                uri,
                writer,
                f"is not there any more, or this step's role may not read it ({code})",
                f"{_AGAIN}; if that ends alike, deploy the stack again, which restores its roles",
            ) from error
        raise


def damaged(uri: str, writer: str, what: str, remedy: str = _AGAIN) -> ArtefactError:
    """Return the error of a file that is not as it was written."""
    return ArtefactError(f"{uri}, which {writer} wrote, {what}: {remedy}")

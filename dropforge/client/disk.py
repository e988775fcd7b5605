"""An error of this machine's disk says which file it is of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Let an error of what writes a file name it, as Python does only where one is opened.

    Raises
    ------
    OSError
        As inside.
    """
    try:
        yield
    except OSError as error:
        # The SDK's time-outs are OSErrors too, without a number.
        if error.errno is not None and error.filename is None:
            error.filename = str(file)
        raise

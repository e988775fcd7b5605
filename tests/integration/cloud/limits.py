"""What docs/local-cloud.md says, and how the local cloud refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

PAGE = " ".join((Path(__file__).parents[3] / "docs" / "local-cloud.md").read_text().split())
Client = Callable[[str], Any]


def says(*words: str) -> Callable[[Any], Any]:
    """Mark a test with words of the page, which is read before anything is tried."""

    def mark(test: Any) -> Any:
        for text in words:
            assert text in PAGE, f"docs/local-cloud.md says no longer: {text}"
        return test

    return mark


def refused(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]

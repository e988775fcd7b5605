"""A client that does not retry, and faults on purpose."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config

from dropforge import cloud as clouds
from dropforge.cloud import Cloud


@pytest.fixture
def inject(cloud: Cloud) -> Iterator[Callable[..., None]]:
    file = cloud.state_dir / "faults.json"

    def write(*faults: dict[str, Any], **fault: Any) -> None:
        file.write_text(json.dumps(list(faults) or [fault]))

    yield write
    file.unlink(missing_ok=True)


@pytest.fixture
def sagemaker(cloud: Cloud) -> Any:
    """A client that does not retry by itself."""
    once = Config(retries={"total_max_attempts": 1})
    return clouds.session(cloud).client("sagemaker", config=once)

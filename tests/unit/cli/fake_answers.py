"""What the fakes of AWS services agree on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

BUCKET = "drops"
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:Train"
SCORING_MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:Score"
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
RUN = "churn-20261122-120000-0a1b2c3d"


def refused(code: str, operation: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Pages:
    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = pages

    def paginate(self, **_query: Any) -> Iterator[dict[str, Any]]:
        return iter(self.pages)

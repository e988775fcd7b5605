"""What the event bus hands to a queue."""

import json
import uuid
from collections.abc import Callable
from typing import Any

Client = Callable[[str], Any]


def received(client: Client, url: str) -> Any:
    messages = client("sqs").receive_message(QueueUrl=url).get("Messages", [])
    return json.loads(messages[0]["Body"]) if messages else None


def rule_to(client: Client, source: str, target: dict[str, Any]) -> None:
    name = uuid.uuid4().hex
    client("events").put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))
    client("events").put_targets(Rule=name, Targets=[{"Id": "one"} | target])

"""A queue of orders to serve a channel: what is not done now is tried again later.

The queue's redrive policy counts how often an order was received, and in the
end moves it to the dead-letter queue. Nobody else puts orders there: SQS can
send back only what it moved itself (SQS API, StartMessageMoveTask).
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pipeline.delivery.channel import Attempt, Order, Outcome

# SQS API: SendMessage, DelaySeconds; ChangeMessageVisibility, VisibilityTimeout.
_LONGEST_DELAY_SECONDS = 900
_LONGEST_INVISIBLE_SECONDS = 43_200


@dataclass(frozen=True)
class OrderQueue:
    """One channel's queue.

    Parameters
    ----------
    sqs : a boto3 client.
    tries : the redrive policy's maxReceiveCount.
    """

    sqs: Any
    url: str
    tries: int

    def put(self, order: Order, delay: float = 0.0) -> None:
        """Have the channel served, `delay` seconds from now or later."""
        self.sqs.send_message(
            QueueUrl=self.url,
            MessageBody=json.dumps(asdict(order)),
            DelaySeconds=min(math.ceil(delay), _LONGEST_DELAY_SECONDS),
        )

    def work(
        self,
        event: Mapping[str, Any],
        until: datetime,
        serve: Callable[[Order, Attempt], Outcome],
    ) -> dict[str, Any]:
        """Serve what Lambda hands over from the queue; keep what must be tried again.

        Parameters
        ----------
        until : when this invocation is over for certain.

        Returns
        -------
        The partial batch response, in which an order to be kept counts as failed (Lambda
        developer guide, Using Lambda with SQS, Reporting batch item failures). An exception
        instead would slow down the polling for all other orders.
        """
        failures = []
        for record in event["Records"]:
            number = int(record["attributes"]["ApproximateReceiveCount"])
            attempt = Attempt(record["messageId"], number, number >= self.tries, until)
            outcome = serve(Order(**json.loads(record["body"])), attempt)
            if outcome.retry_in is not None:
                self._keep(record["receiptHandle"], outcome.retry_in)
                failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    def _keep(self, receipt: str, seconds: float) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.url,
            ReceiptHandle=receipt,
            VisibilityTimeout=min(math.ceil(seconds), _LONGEST_INVISIBLE_SECONDS),
        )

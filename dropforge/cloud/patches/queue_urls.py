"""A queue keeps its address when the cloud comes up on another port.

ministack keeps queues by addresses that hold the port: after a start on another
one CreateQueue makes a second queue of the same name, and the messages of the
first are out of reach. Here all are kept under one port, and an answer has the
host and port that the caller has asked.
"""

from urllib.parse import urlsplit

from dropforge.cloud.endpoint import HOST
from dropforge.cloud.patches import loading
from dropforge.cloud.patches.replacing import check

_PORT = "4566"


def apply() -> None:
    """Let ministack's own translation of addresses do it."""
    from ministack.services import sqs

    check(sqs, "_externalize_url", "099c52a72624")
    check(sqs, "_queue_url_for_account", "84f56260ad93")
    sqs.DEFAULT_HOST, sqs.DEFAULT_PORT = HOST, _PORT
    sqs._CANONICAL_NETLOC = f"{HOST}:{_PORT}"
    sqs._HOST_EXPLICIT = False
    loading.afterwards(_move, first=True)


def _move() -> None:
    """Let queues that an earlier release saved under another port have this one."""
    from ministack.services import sqs

    for key, queue in list(sqs._queues._data.items()):
        account, region, url = key
        moved = urlsplit(url)._replace(netloc=sqs._CANONICAL_NETLOC).geturl()
        if moved != url:
            del sqs._queues._data[key]
            sqs._queues._data.setdefault((account, region, moved), queue | {"url": moved})
    sqs._queue_name_to_url.clear()
    sqs._rebuild_queue_name_index()

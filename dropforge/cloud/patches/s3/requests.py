"""What a request to S3 writes is stored, and told of, before its answer is sent.

An error of the disk is InternalError (S3 API reference, "Error responses"), of which
ministack would answer 200.
"""

import logging
from typing import Any

from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.s3 import object_reads, object_writes
from dropforge.cloud.patches.s3.file_bodies import FileBody

logger = logging.getLogger("dropforge.cloud")


def apply() -> None:
    """Put around each request what its reads and writes need."""
    from ministack.services import s3

    handle = s3.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, Any], body: Any, query_params: Any, **more: Any
    ) -> Any:
        try:
            _check_received(body)
            with object_writes.telling(), object_reads.sending():
                answer = await handle(method, path, headers, body, query_params, **more)
                return object_reads.sent(headers, *answer)
        except object_writes.NotStoredError as error:
            logger.error("%s", error)
            reason = f"Please try again. ({error})"
        except OSError as error:
            logger.exception("S3")
            reason = f"({error})"
        return s3._error("InternalError", f"We encountered an internal error. {reason}", 500)

    replace(s3, "handle_request", "0856144f19e7", handle_request)


def _check_received(body: object) -> None:
    if isinstance(body, FileBody) and body.failure is not None:
        # A traceback would keep its file.
        raise OSError(*body.failure.args)

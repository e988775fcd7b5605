"""Clients of AWS that wait for what passes by itself, and what traces them, for every function.

botocore's own default gives up on a throttle after 5 to 13 s. The standard mode waits a random
time below 1, 2, 4, ... at most 20 s between attempts (botocore, retries.standard), so that eight
attempts take about 30 s, and 67 s at most. Longer waits are the state machine's, which costs
nothing while it waits.

boto3's clients are these and upload_file with its like, which no function needs: 63 modules and
3 MiB more, and about a tenth of a light function's imports.
"""

from functools import cache
from typing import Any

import botocore.session
from aws_lambda_powertools import Tracer
from botocore.config import Config

ATTEMPTS = 8
CONNECT_SECONDS = 5
READ_SECONDS = 30
"""Of silence: S3 sends the first byte of an object within a second or so."""
CONNECTIONS = 16
"""As many as there are threads that read at once; botocore's own limit is 10."""

TRACED = ("botocore",)
"""By itself a Tracer imports all that the X-Ray SDK can trace and the machine has: sqlite3 on AWS,
here sqlalchemy and more, 0.17 s of a processor and 22 MiB for libraries that no function calls."""


def client(
    service: str,
    attempts: int = ATTEMPTS,
    read_seconds: float = READ_SECONDS,
    connections: int = CONNECTIONS,
    mode: str = "standard",
) -> Any:
    """Return a client of a service.

    Parameters
    ----------
    attempts : calls in all, the first among them.
    read_seconds : of silence after which a call counts as failed; a connection takes no longer.
    connections : as many as there are threads that call at once.
    mode : "adaptive" slows the client down to the rate that the service grants.
    """
    return _session().create_client(
        service,
        config=Config(
            retries={"mode": mode, "total_max_attempts": attempts},
            connect_timeout=min(CONNECT_SECONDS, read_seconds),
            read_timeout=read_seconds,
            max_pool_connections=connections,
        ),
    )


def make_tracer() -> Tracer:
    """Return the tracer of a function, which tells X-Ray of the handler and of calls of AWS."""
    return Tracer(patch_modules=TRACED)


@cache
def _session() -> botocore.session.Session:
    # One for all, which reads what its clients have in common once.
    return botocore.session.get_session()

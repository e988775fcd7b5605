"""Buckets are found under `<bucket>.localhost` as well.

ministack knows its own host name alone, which is 127.0.0.1 here, and no SDK puts a
bucket before an address. The JavaScript SDK puts it before localhost by default,
botocore when it is asked for virtual addressing.
"""

import re

from dropforge.cloud.endpoint import HOST
from dropforge.cloud.patches.replacing import replace

_LOCALHOST = re.compile(r"(?<=\.)localhost(?=:[0-9]+$|$)", re.IGNORECASE)


def apply() -> None:
    """Let both names of the loopback interface stand behind a bucket's."""
    from ministack import app

    extract = app._extract_s3_vhost_bucket

    def extract_s3_vhost_bucket(host: str) -> str | None:
        found: str | None = extract(_LOCALHOST.sub(HOST, host) if host else host)
        return found

    replace(app, "_extract_s3_vhost_bucket", "c48a921eae9b", extract_s3_vhost_bucket)

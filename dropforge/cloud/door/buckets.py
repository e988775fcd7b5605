"""What the door asks ministack of its buckets: whom a request addresses, and the CORS rules."""

import re
from collections.abc import Iterable

from dropforge.cloud.door.loopback import OWN, plain
from dropforge.cloud.door.pages import Asked, Target

# Paths that ministack takes for another service before it thinks of S3, on any host.
_OTHER_SERVICES = re.compile(
    r"/(v20180820|v2|restapis?|iceberg[^/]*|oauth2|login|logout|key-value-stores|environments"
    r"|webtoken|clitoken|metrics|Execute|BeginTransaction|CommitTransaction"
    r"|RollbackTransaction|BatchExecute|WriteGetObjectResponse|_[^/]*)(/|$)"
)
_REGION = r"[a-z]{2}(?:-[a-z]+)+-[0-9]"


class ServedBuckets:
    """The buckets of the ministack in this process."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = tuple(name.lower() for name in names)
        ends = "|".join(re.escape(name) for name in (*OWN, *self._names))
        # No service's own host: those that ministack sends to functions, for instance.
        self._virtual = re.compile(rf"([a-z0-9-]+)\.(?:s3\.(?:{_REGION}\.)?)?(?:{ends})")

    def target(self, asked: Asked) -> Target | None:
        """Return what S3 is asked for; None if that does not exist or S3 is not asked."""
        from ministack.core.router import detect_service

        if _OTHER_SERVICES.match(asked.path):
            return None
        headers = dict(asked.headers)
        if detect_service(asked.method, asked.path, headers, asked.parameters) != "s3":
            return None
        found = self._addressed(headers.get("host", "").lower(), asked.path.removeprefix("/"))
        return found if found and self._exists(found.bucket) else None

    def allows(self, bucket: str, origin: str, method: str, headers: list[str]) -> bool:
        """Whether the bucket's CORS rules allow a page of this origin such a request."""
        from ministack.services import s3

        rules = s3._cors_rules(bucket)
        return bool(rules) and s3._cors_answer(rules, origin, method, headers) is not None

    def _addressed(self, host: str, path: str) -> Target | None:
        from ministack import app

        if plain(host, (*self._names, "s3.localhost")):
            bucket, _, key = path.partition("/")
            return Target(bucket, key)
        virtual = self._virtual.fullmatch(re.sub(r":[0-9]+$", "", host))
        if virtual and virtual[1] not in app._NON_S3_VHOST_NAMES:
            return Target(virtual[1], path)
        return None

    def _exists(self, bucket: str) -> bool:
        from ministack.services import s3

        return s3._bucket_owner_account(bucket) is not None

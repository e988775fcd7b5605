"""What the door asks ministack of its buckets: whom a request addresses, and the CORS rules."""

import re

from dropforge.cloud.door.loopback import ADDRESS
from dropforge.cloud.door.pages import Asked, Target

# Paths that ministack takes for another service before it thinks of S3, on any host.
_OTHER_SERVICES = re.compile(
    r"/(v20180820|v2|restapis?|iceberg[^/]*|oauth2|login|logout|key-value-stores|environments"
    r"|webtoken|clitoken|metrics|Execute|BeginTransaction|CommitTransaction"
    r"|RollbackTransaction|BatchExecute|WriteGetObjectResponse|_[^/]*)(/|$)"
)
_REGION = r"[a-z]{2}(?:-[a-z]+)+-[0-9]"
# Docker's bridge has another address; whether one is answered is the door's question.
_PLAIN = re.compile(rf"(?:s3\.)?localhost|\[::1\]|{ADDRESS}")
# No service's own host: those that ministack sends to functions, for instance. Nor one at
# the bridge, where ministack takes the bucket from the path all the same.
_VIRTUAL = re.compile(rf"([a-z0-9-]+)\.(?:s3\.(?:{_REGION}\.)?)?(?:localhost|127\.0\.0\.1)")


class ServedBuckets:
    """The buckets of the ministack in this process."""

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

        name = re.sub(r":[0-9]+$", "", host)
        if _PLAIN.fullmatch(name):
            bucket, _, key = path.partition("/")
            return Target(bucket, key)
        virtual = _VIRTUAL.fullmatch(name)
        if virtual and virtual[1] not in app._NON_S3_VHOST_NAMES:
            return Target(virtual[1], path)
        return None

    def _exists(self, bucket: str) -> bool:
        from ministack.services import s3

        return s3._bucket_owner_account(bucket) is not None

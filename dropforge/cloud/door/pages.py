"""What a web page may do with the local cloud: show an object, and what CORS rules say.

Browsers say themselves that a page is behind a request: by Origin (on everything but
GET and HEAD of the same origin or without CORS), by Sec-Fetch-Site (on everything, to
this machine's own addresses), else by a User-Agent that begins with ``Mozilla/``, which
no AWS SDK sends. Programs that use Node's fetch send Sec-Fetch-Mode, but no
Sec-Fetch-Site. A page can leave out none of them.

A page of the cloud's own origin has no more rights: it is an object that somebody put
into a bucket, or what another program served on this port before.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol
from urllib.parse import parse_qs, unquote

# What a link to an object may carry: signatures of both versions, overrides of the answer,
# but not of its type: a page could have data shown as HTML, with scripts that lie in it.
_LINK_PARAMETERS = re.compile(
    r"x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token"
    r"|checksum-mode|content-sha256|expected-bucket-owner|request-payer|user-agent)"
    r"|awsaccesskeyid|signature|expires|versionid|partnumber|x-id"
    r"|response-(cache-control|content-disposition|content-encoding|content-language|expires)"
)
# What lists a bucket, or sends objects to it; all else of a bucket are its settings.
_LIST_PARAMETERS = re.compile(
    _LINK_PARAMETERS.pattern + r"|list-type|prefix|delimiter|marker|max-keys|continuation-token"
    r"|start-after|encoding-type|fetch-owner|uploads|versions|key-marker|version-id-marker"
    r"|max-uploads|upload-id-marker|delete|location"
)
_FORM = "application/x-www-form-urlencoded"
# The object becomes a page without an origin: what its scripts send to the cloud is
# refused like any other page's. The second keeps pages of other ports on this host from
# taking it from the browser's cache.
ANSWER_HEADERS = (
    (
        b"content-security-policy",
        (
            b"sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads; "
            b"frame-ancestors 'none'"
        ),
    ),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True)
class Asked:
    """A request, as far as it matters here.

    Parameters
    ----------
    path : decoded.
    headers : names in lower case, repeated ones joined by commas.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """The query's."""
        return parse_qs(self.query, keep_blank_values=True)


@dataclass(frozen=True)
class Target:
    """What a request addresses in S3; an empty key is the bucket itself."""

    bucket: str
    key: str


class Buckets(Protocol):
    """What is known of the cloud's buckets."""

    def target(self, asked: Asked) -> Target | None:
        """Return what S3 is asked for; None if that does not exist or S3 is not asked."""

    def allows(self, bucket: str, origin: str, method: str, headers: list[str]) -> bool:
        """Whether the bucket's CORS rules allow a page of this origin such a request."""


def refusal(asked: Asked, buckets: Buckets) -> str:
    """Say why a page's request is refused; empty if it is not."""
    origin = asked.headers.get("origin")
    if origin is None:
        if _opens_object(asked, buckets):
            return ""
        site = asked.headers.get("sec-fetch-site", "not said")
        mode = asked.headers.get("sec-fetch-mode", "not said")
        return (
            f"a web page or a browser asks (Sec-Fetch-Site: {site}, Sec-Fetch-Mode: {mode}), and "
            "those may only open an object of a bucket in a window of its own, by a presigned "
            "URL; call the cloud from a program instead"
        )
    target = buckets.target(asked)
    if target is None:
        return (
            f"a web page of Origin {origin} asks, and pages may only use objects of an existing "
            "bucket whose CORS rules allow it; call the cloud from a program instead"
        )
    if not _within_rules(asked, target, origin, buckets):
        return (
            f"a web page of Origin {origin} asks, and the CORS rules of bucket {target.bucket} "
            f"do not allow it to {_method(asked)} this; allow it with `aws s3api "
            "put-bucket-cors`, or call the cloud from a program"
        )
    return ""


def _opens_object(asked: Asked, buckets: Buckets) -> bool:
    """Whether a person opens an object: as a page of its own, not as a part of another."""
    if asked.method != "GET" or not _only(asked.parameters, _LINK_PARAMETERS):
        return False
    headers = asked.headers
    if "sec-fetch-site" in headers:
        whole = headers.get("sec-fetch-mode") == "navigate"
        whole = whole and headers.get("sec-fetch-dest") == "document"
    else:
        # An older browser. Images and scripts do not ask for HTML.
        whole = "text/html" in headers.get("accept", "")
    target = buckets.target(asked) if whole else None
    return target is not None and target.key != ""


def _within_rules(asked: Asked, target: Target, origin: str, buckets: Buckets) -> bool:
    """Whether the bucket's rules allow it, and it is what they are about: its objects."""
    if not target.key and (
        _method(asked) not in ("GET", "HEAD", "POST")
        or not _only(asked.parameters, _LIST_PARAMETERS)
    ):
        return False
    # ministack looks for an Action in a form before it thinks of S3.
    if asked.headers.get("content-type", "").lower().startswith(_FORM):
        return False
    # Else rules of one bucket would open all others. Presigned URLs hold headers too.
    sources = [asked.headers.get("x-amz-copy-source", "")]
    for name, values in asked.parameters.items():
        sources += values if name.lower() == "x-amz-copy-source" else ()
    for source in sources:
        if source and unquote(source).lstrip("/").partition("/")[0] != target.bucket:
            return False
    wanted = asked.headers.get("access-control-request-headers", "") if _preflight(asked) else ""
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    return buckets.allows(target.bucket, origin, _method(asked), names)


def _preflight(asked: Asked) -> bool:
    return asked.method == "OPTIONS"


def _method(asked: Asked) -> str:
    """The method that matters: of a preflight, that of the request to come."""
    if _preflight(asked):
        return asked.headers.get("access-control-request-method", "OPTIONS")
    return asked.method


def _only(parameters: Iterable[str], expected: re.Pattern[str]) -> bool:
    return all(expected.fullmatch(name.lower()) for name in parameters)

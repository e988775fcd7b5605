"""The names under which the local cloud is answered: those that no web site can own.

A site that makes its own name point to 127.0.0.1 (DNS rebinding) has the browser
send that name as Host. So a name is answered only if no site can have it:

``127.0.0.1``, ``[::1]``
    are no names.
``localhost`` and all below it
    RFC 6761, section 6.3: no public server may delegate them. SDKs put buckets there
    (``<bucket>.localhost``, ``<bucket>.s3.localhost``: the JavaScript SDK by default,
    botocore when asked for virtual addressing) and their operations' own prefixes
    (``<account>.localhost`` for S3 Control, ``api.localhost``).
what ends in ``.127.0.0.1`` or ``-127.0.0.1``
    SDKs and SAM CLI put the same prefixes before an address
    (``<account>.127.0.0.1``, ``sync-127.0.0.1`` for StartSyncExecution), which resolve
    only where a person made them resolve. A page cannot have such a host: a last label
    of digits makes it an IPv4 address, and a bad one is no URL (WHATWG URL, "ends in a
    number checker").

A prefix with a hyphen before ``localhost`` (``sync-localhost``) is a name of one label,
which a network's own search domain could answer: refused. So is every other spelling of
an address (``127.1``, ``2130706433``, ``0.0.0.0``, ``[::ffff:127.0.0.1]``) and a trailing
dot: browsers write the short form, no SDK writes another, and 0.0.0.0 is how pages got
past checks of the address before. Upper case is the same name.
"""

import functools
import re
from collections.abc import Callable, Iterable

_LABELS = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*"
_PORT = r"(?::[0-9]{1,5})?"
ADDRESS = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
"""A pattern of IPv4 addresses."""
_LONGEST = 255
_OWN = ("localhost", "127.0.0.1")


def answered(addresses: Iterable[str] = ()) -> Callable[[bytes], bool]:
    """Return the test of a Host header's value.

    Parameters
    ----------
    addresses : of IPv4, to answer as well, with all hosts that SDKs make of them.
    """
    hosts = "|".join(map(_with_prefixes, (*_OWN, *addresses)))
    expected = re.compile(rf"(?:{hosts}|\[::1\]){_PORT}")

    @functools.lru_cache(maxsize=256)
    def is_answered(host: bytes) -> bool:
        text = host.decode("latin-1").lower()
        return len(text) <= _LONGEST and expected.fullmatch(text) is not None

    return is_answered


def _with_prefixes(name: str) -> str:
    joint = r"[.-]" if re.fullmatch(ADDRESS, name) else r"\."
    return rf"(?:{_LABELS}{joint})?{re.escape(name)}"

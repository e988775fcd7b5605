"""Ways in which a file that a step wrote is not as it was when the next one reads it."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Damage = Callable[[bytes], bytes | None]

# None stands for a file that is not there.
DAMAGES: dict[str, Damage] = {
    "missing": lambda _: None,
    "empty": lambda _: b"",
    "blank": lambda _: b" \r\n\t",
    "cut": lambda body: body[: len(body) // 2],
    "one byte short": lambda body: body.rstrip()[:-1],
    "twice": lambda body: body + body,
    "zeros": lambda body: b"\0" * len(body),
    "another file": lambda _: b"a,b,label\n1,2,3\n",
    "packed": gzip.compress,
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "no UTF-8": lambda body: body.replace(b'"', b'"\xff', 1),
    "null": lambda _: b"null",
    "a list": lambda _: b"[]",
    "a text": lambda _: b'"text"',
    "a list of texts": lambda _: b'["a", "b"]',
    "an empty object": lambda _: b"{}",
    "nested": lambda _: b"[" * 200_000,
    "nested objects": lambda _: b'{"a":' * 200_000,
    "NaN": lambda _: b'{"version": NaN}',
    "infinite": lambda _: b'{"version": -Infinity}',
    "beyond a double": lambda _: b'{"version": 1e999}',
    "5,000 digits": lambda _: b'{"version": ' + b"9" * 5_000 + b"}",
    "of another version": lambda _: b'{"version": 3}',
    "XML": lambda _: b"<?xml version='1.0'?><Error><Code>SlowDown</Code></Error>",
}
_LEFT_OUT = object()
_OTHERS: tuple[Any, ...] = (None, True, -1, 1.5, 10**25, "", "x" * 50, [], [[]], {}, {"a": 1})


def wrong_values(document: Any, most: int = 120) -> Iterator[tuple[str, bytes]]:
    """Yield the document with one value left out, or of another type or size.

    Of all places and values `most` are drawn, the same in each test.
    """
    cases = [(path, other) for path in _paths(document) for other in (_LEFT_OUT, *_OTHERS)]
    # Not for secrets: a failure must come again.
    draw = random.Random(7)
    for path, other in draw.sample(cases, min(most, len(cases))):
        name = ".".join(map(str, path))
        yield f"{name} = {str(other)[:20]!r}", _with(document, path, other)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items: Any = ()
    if isinstance(value, dict):
        items = list(value.items())[:20]
    elif isinstance(value, list):
        items = list(enumerate(value))[:2]
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _with(document: Any, path: tuple[Any, ...], other: Any) -> bytes:
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if other is _LEFT_OUT:
        del place[path[-1]]
    else:
        place[path[-1]] = other
    return json.dumps(copy).encode()

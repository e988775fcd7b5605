"""A table of columns that are keys, and of others that are none though no two values are equal."""

import random
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import md5, sha256

SIZES = (20, 35, 60, 100, 300, 1_000, 3_000, 20_000, 100_000, 200_000)
LARGE = 20_000
"""Columns of more rows take most of the time."""
_Made = Callable[[random.Random, int], list[str]]


@dataclass(frozen=True)
class Example:
    """A column, and what it is: "sequential", "text" (UUIDs and codes) or "measured"."""

    kind: str
    what: str
    name: str
    values: list[str]


def _texts(values: list[int]) -> list[str]:
    return [str(value) for value in values]


def _gaps(chance: random.Random, rows: int, share: float, start: int = 1) -> list[int]:
    """Count from a start, and leave out a share."""
    return sorted(chance.sample(range(start, start + round(rows / (1 - share))), rows))


def _shuffled(chance: random.Random, values: list[int]) -> list[int]:
    return chance.sample(values, len(values))


def _joined(chance: random.Random, values: list[int], share: float) -> list[int]:
    """Repeat a few, as a join does that finds two rows for one."""
    many = round(share * len(values))
    return sorted([*values[: len(values) - many], *chance.sample(values, many)])


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _with_zeros(share: int) -> _Made:
    """Return what makes amounts of which so many in a hundred are 0."""

    def made(chance: random.Random, rows: int) -> list[str]:
        amounts = [round(chance.lognormvariate(9, 1)) for _ in range(rows)]
        return _texts([0 if chance.random() < share / 100 else each for each in amounts])

    return made


_SEQUENTIAL: dict[str, tuple[str, _Made]] = {
    "from 0": ("x", lambda _, n: _texts(list(range(n)))),
    "from 1, shuffled": ("ref", lambda c, n: _texts(_shuffled(c, list(range(1, n + 1))))),
    "from 10,000": ("Unnamed: 0", lambda _, n: _texts(list(range(10_000, 10_000 + n)))),
    "from ten digits": (
        "account",
        lambda _, n: _texts(list(range(4_100_000_000, 4_100_000_000 + n))),
    ),
    "5 % left out": ("ref", lambda c, n: _texts(_gaps(c, n, 0.05))),
    "30 % left out": ("ref", lambda c, n: _texts(_gaps(c, n, 0.3, 500))),
    "30 % left out, shuffled": ("code", lambda c, n: _texts(_shuffled(c, _gaps(c, n, 0.3)))),
    "2 % twice": ("ref", lambda c, n: _texts(_joined(c, list(range(n)), 0.02))),
    "2 % twice, 20 % left out": ("ref", lambda c, n: _texts(_joined(c, _gaps(c, n, 0.2), 0.02))),
    "zeros before": ("code", lambda _, n: [f"{v:08d}" for v in range(n)]),
    "zeros before, 20 % left out": ("code", lambda c, n: [f"{v:07d}" for v in _gaps(c, n, 0.2)]),
    "zeros before, sparse": ("code", lambda c, n: [f"{v:08d}" for v in c.sample(range(10**8), n)]),
    "as floats": ("ref", lambda c, n: [f"{v}.0" for v in _shuffled(c, list(range(n)))]),
    "sparse, named": ("customer_id", lambda c, n: _texts(c.sample(range(10**9), n))),
    "sparse, numbered": ("order_no", lambda c, n: _texts(c.sample(range(10**7, 10**8), n))),
    "3 % twice, named": (
        "userId",
        lambda c, n: _texts(_joined(c, c.sample(range(10**7), n), 0.03)),
    ),
    "long": ("ref", lambda c, n: _texts(c.sample(range(10**17, 10**18), n))),
}
_CODES: dict[str, tuple[str, _Made]] = {
    "UUID": ("session", lambda c, n: [_uuid(c) for _ in range(n)]),
    "UUID, 2 % twice": (
        "session",
        lambda c, n: [_uuid(random.Random(v)) for v in _joined(c, list(range(n)), 0.02)],
    ),
    "MD5": ("hash", lambda c, n: [md5(c.randbytes(9)).hexdigest() for _ in range(n)]),
    "SHA-256": ("x", lambda c, n: [sha256(c.randbytes(9)).hexdigest() for _ in range(n)]),
    "eight hex digits": ("key", lambda c, n: [f"{v:08x}" for v in c.sample(range(1 << 32), n)]),
    "C-001": ("customer", lambda _, n: [f"C-{v:03d}" for v in range(n)]),
    "INV20240001": ("invoice", lambda c, n: [f"INV2024{v:04d}" for v in _gaps(c, n, 0.2)]),
    "base64": (
        "token",
        lambda c, n: [urlsafe_b64encode(c.randbytes(12)).decode() for _ in range(n)],
    ),
    "e-mail": ("contact", lambda c, n: [f"u{v}@example.org" for v in c.sample(range(10**8), n)]),
}
_MEASURED: dict[str, tuple[str, _Made]] = {
    "price": ("price", lambda c, n: [f"{c.lognormvariate(4, 1):.2f}" for _ in range(n)]),
    "price in cents": (
        "cents",
        lambda c, n: _texts([round(c.lognormvariate(9, 1)) for _ in range(n)]),
    ),
    "income": (
        "income",
        lambda c, n: _texts([round(c.lognormvariate(10.5, 0.6)) for _ in range(n)]),
    ),
    "weight in g": (
        "grams",
        lambda c, n: _texts([round(c.gauss(72_000, 9_000)) for _ in range(n)]),
    ),
    "latitude": ("lat", lambda c, n: [f"{c.uniform(47, 55):.6f}" for _ in range(n)]),
    "metres east": (
        "easting",
        lambda c, n: _texts([c.randrange(300_000, 700_000) for _ in range(n)]),
    ),
    "epoch seconds": (
        "created",
        lambda c, n: _texts(sorted(c.randrange(1_600_000_000, 1_690_000_000) for _ in range(n))),
    ),
    "epoch every minute": ("ts", lambda _, n: _texts([1_650_000_000 + 60 * v for v in range(n)])),
    "every ten minutes": ("at_s", lambda _, n: _texts([600 * v for v in range(n)])),
    "epoch in ms": (
        "x",
        lambda c, n: _texts([1_650_000_000_000 + c.randrange(10**9) for _ in range(n)]),
    ),
    "population": (
        "people",
        lambda c, n: _texts([round(c.lognormvariate(9, 1.5)) for _ in range(n)]),
    ),
    "week": ("week", lambda _, n: _texts(list(range(1, n + 1)))),
    "time index": ("t", lambda _, n: _texts(list(range(n)))),
    "nitric oxide": ("NO", lambda c, n: _texts([round(c.lognormvariate(5, 1)) for _ in range(n)])),
    "index of prices": (
        "stock_index",
        lambda c, n: _texts([round(c.gauss(31_000, 6_000)) for _ in range(n)]),
    ),
    "elevation": ("x", lambda c, n: _texts([round(abs(c.gauss(300, 400))) for _ in range(n)])),
    "uniform": ("x", lambda c, n: _texts([c.randrange(10**6) for _ in range(n)])),
    "uniform fraction": ("x", lambda c, n: [repr(c.random()) for _ in range(n)]),
    "amount of a mainframe": (
        "AMT",
        lambda c, n: [f"{round(c.lognormvariate(8, 1.2)):010d}" for _ in range(n)],
    ),
    "odometer": (
        "mileage",
        lambda c, n: _texts(sorted(c.sample(range(max(2 * n, 90_000)), n))),
    ),
    "surname": ("surname", lambda c, n: [f"name{round(c.expovariate(5 / n))}" for _ in range(n)]),
    "setting": ("dose", lambda _, n: _texts([10 * v for v in range(n)])),
    **{f"amount, {share} % zeros": ("x", _with_zeros(share)) for share in (10, 30, 80)},
    "code, 60 % none": (
        "note",
        lambda c, n: ["none" if c.random() < 0.6 else f"c{v}" for v in range(n)],
    ),
}


def examples(largest: int = SIZES[-1]) -> Iterator[Example]:
    """Make all columns of up to so many rows, the same ones each time."""
    for kind, made in (("sequential", _SEQUENTIAL), ("text", _CODES), ("measured", _MEASURED)):
        for what, (name, make) in made.items():
            for rows in SIZES:
                if rows <= largest:
                    yield Example(kind, what, name, make(random.Random(f"{what}{rows}"), rows))

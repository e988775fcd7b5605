"""Files with columns that tell much of the target, and do not give it away."""

import math
import random

from tests.unit.prepare.checks.leak_files import LeakFile, Row, Rows, each, yes


def _logistic(steep: float) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        x = chance.gauss(0, 1)
        return {"x": f"{x:.3f}", "y": yes(chance, 1 / (1 + math.exp(-steep * x)))}

    return each(row)


def _apart(distance: float) -> Rows:
    """Make three kinds of a measured animal."""

    def row(chance: random.Random, _: int) -> Row:
        kind = chance.randrange(3)
        wing, bill = chance.gauss(kind * distance, 1), chance.gauss(kind == 1, 0.4)
        return {"wing": f"{wing:.1f}", "bill": f"{bill:.1f}", "y": "abc"[kind]}

    return each(row)


def _stones(chance: random.Random, _: int) -> Row:
    carat = chance.lognormvariate(-0.4, 0.6)
    price = math.exp(8.4 + 1.68 * math.log(carat) + chance.gauss(0, 0.26))
    return {"carat": f"{carat:.2f}", "depth": f"{chance.gauss(61, 1.4):.1f}", "y": f"{price:.0f}"}


def _houses(noise: float) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        area = chance.lognormvariate(4.6, 0.4)
        price = 3_000 * area * math.exp(noise * chance.gauss(0, 1))
        return {"area": f"{area:.0f}", "rooms": round(area / 28) + 1, "y": f"{price:.0f}"}

    return each(row)


def _bands(spread: float) -> Rows:
    """Make ratings whose values overlap in the target."""

    def row(chance: random.Random, _: int) -> Row:
        rating = chance.randrange(1, 6)
        return {"rating": rating, "y": f"{rating * 10 + chance.gauss(0, spread):.2f}"}

    return each(row)


def _mostly(purity: float) -> Rows:
    """Make an amount that is more than 0 mostly, but not only, where the answer is yes."""

    def row(chance: random.Random, _: int) -> Row:
        y = yes(chance, 0.2)
        there = y if yes(chance, purity) else 1 - y
        return {"owed": f"{chance.lognormvariate(5, 1):.2f}" if there else "0", "y": y}

    return each(row)


def _left_blank(share: float) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        y = yes(chance, 0.4)
        told = yes(chance, share if y else 1 - share)
        return {"income": chance.randrange(900, 9_000) if told else "", "y": y}

    return each(row)


def _two_parts(noise: float) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        a, b = chance.lognormvariate(4, 0.7), chance.lognormvariate(4, 0.7)
        y = (a + b) * math.exp(noise * chance.gauss(0, 1))
        return {"first": f"{a:.2f}", "second": f"{b:.2f}", "y": f"{y:.2f}"}

    return each(row)


def _odour(chance: random.Random, _: int) -> Row:
    """Make a category whose one value is harmless but for a few, and all others are not."""
    kind = chance.choices(["none", "foul", "almond", "fishy", "anise"], [43, 27, 5, 15, 10])[0]
    poisonous = kind in ("foul", "fishy") or (kind == "none" and yes(chance, 0.035))
    return {"odour": kind, "y": "p" if poisonous else "e"}


def _seasons(chance: random.Random, n: int) -> Row:
    day = chance.randrange(365)
    y = 12 - 9 * math.cos(2 * math.pi * day / 365) + chance.gauss(0, 1.2)
    return {
        "day_of_year": day,
        "light": f"{8 - 4 * math.cos(2 * math.pi * day / 365):.2f}",
        "y": f"{y:.1f}",
    }


def _places(chance: random.Random, _: int) -> Row:
    town = chance.randrange(40)
    return {"place": f"place {town}", "y": f"{town * 7 % 40 + chance.gauss(0, 2):.2f}"}


def _counter(chance: random.Random, n: int) -> Row:
    return {"year": 1980 + n // 40, "y": f"{2 * (n // 40) + chance.gauss(0, 1.5):.2f}"}


SOUND = [
    *(
        LeakFile(f"logistic {steep}", n, _logistic(steep))
        for steep in (4, 12)
        for n in (200, 3_000)
    ),
    *(LeakFile(f"animals {far}", n, _apart(far)) for far in (3.0, 4.0) for n in (150, 2_000)),
    *(LeakFile("stones", n, each(_stones)) for n in (200, 5_000)),
    *(
        LeakFile(f"houses {noise}", n, _houses(noise))
        for noise in (0.05, 0.2)
        for n in (150, 3_000)
    ),
    *(LeakFile(f"ratings {wide}", n, _bands(wide)) for wide in (3, 8) for n in (200, 2_000)),
    *(LeakFile(f"owed {pure}", 3_000, _mostly(pure)) for pure in (0.8, 0.95)),
    *(LeakFile(f"left blank {share}", 2_000, _left_blank(share)) for share in (0.8, 0.95)),
    *(LeakFile(f"two parts {noise}", 1_000, _two_parts(noise)) for noise in (0.03, 0.1)),
    *(LeakFile("odour", n, each(_odour)) for n in (400, 6_000)),
    LeakFile("seasons", 1_500, each(_seasons)),
    LeakFile("places", 3_000, each(_places)),
    LeakFile("years", 1_200, each(_counter)),
    LeakFile("growth", 600, each(lambda c, n: {"t": n, "y": f"{2 * n + c.random():.2f}"})),
    LeakFile("no relation", 60, each(lambda c, _: {"x": c.random(), "y": yes(c, 0.5)})),
    LeakFile("no relation", 2_000, each(lambda c, _: {"x": c.random(), "y": c.random()})),
]

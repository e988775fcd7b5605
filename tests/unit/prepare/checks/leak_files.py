"""Files with a column that gives the target away."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

Row = dict[str, object]
Rows = Callable[[random.Random, int], list[Row]]


@dataclass(frozen=True)
class LeakFile:
    """A file by its rows.

    Attributes
    ----------
    columns : what gives its target y away; none in a file that is sound.
    """

    what: str
    rows: int
    make: Rows
    columns: tuple[str, ...] = ()

    def data(self) -> bytes:
        """Return the CSV, the same one each time."""
        found = self.make(random.Random(f"{self.what}{self.rows}"), self.rows)
        lines = [",".join(found[0]), *(",".join(map(str, row.values())) for row in found)]
        return "\n".join([*lines, ""]).encode()


def each(make: Callable[[random.Random, int], Row]) -> Rows:
    """Make each row by itself, with two columns that say little beside it."""

    def rows(chance: random.Random, count: int) -> list[Row]:
        return [
            {
                "age": chance.randrange(18, 90),
                "town": chance.choice(["Ulm", "Ghent", "Porto"]),
                **make(chance, n),
            }
            for n in range(count)
        ]

    return rows


def yes(chance: random.Random, share: float) -> int:
    return int(chance.random() < share)


def _noisy_copy(chance: random.Random, _: int) -> Row:
    y = yes(chance, 0.3)
    return {"score": f"{y + chance.gauss(0, 0.1):.4f}", "y": y}


def _recovered(share: float, known: float, nothing: str) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        y = yes(chance, share)
        amount = f"{chance.lognormvariate(6, 1):.2f}" if y and yes(chance, known) else nothing
        return {"recovery": amount, "y": y}

    return each(row)


def _late(slips: float) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        delay = chance.expovariate(1 / 9)
        y = int(delay > 15) ^ yes(chance, slips)
        return {"delay": f"{delay:.2f}", "y": y}

    return each(row)


def _far_off(chance: random.Random, _: int) -> Row:
    y = yes(chance, 0.4)
    change = chance.uniform(5, 9) * chance.choice([-1, 1]) if y else chance.uniform(-5, 5)
    return {"change": f"{change:.3f}", "y": y}


def _grade_of_score(chance: random.Random, _: int) -> Row:
    score = chance.gauss(60, 18)
    return {"score": f"{score:.2f}", "y": "EDCBA"[sum(score > cut for cut in (40, 55, 70, 85))]}


def _score_of_grade(chance: random.Random, _: int) -> Row:
    score = chance.gauss(60, 18)
    return {"grade": "EDCBA"[sum(score > cut for cut in (40, 55, 70, 85))], "y": f"{score:.2f}"}


def _dear(chance: random.Random, _: int) -> Row:
    price = chance.lognormvariate(12, 0.5)
    return {"dear": int(price > 200_000), "y": f"{price:.2f}"}


def _status(chance: random.Random, _: int) -> Row:
    y = chance.choice(["won", "lost", "open"])
    states = {"won": ["paid", "invoiced"], "lost": ["refused"], "open": ["sent", "draft", "new"]}
    return {"status": chance.choice(states[y]), "y": y}


def _reason(chance: random.Random, _: int) -> Row:
    y = chance.choice(["kept", "kept", "moved", "cancelled"])
    why = chance.choice(["price", "service", "other"]) if y == "cancelled" else ""
    return {"reason": why, "y": y}


def _closed(chance: random.Random, n: int) -> Row:
    y = yes(chance, 0.25)
    return {"closed": f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" if y else "", "y": y}


def _sold(chance: random.Random, _: int) -> Row:
    y = 0.0 if yes(chance, 0.4) else chance.lognormvariate(4, 1)
    return {"clerk": chance.choice(["ann", "bob", "eve"]) if y else "", "y": f"{y:.2f}"}


def _transformed(of: Callable[[float], float], noise: float = 0.0, digits: int = 5) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        price = chance.lognormvariate(12, 0.6)
        told = of(price) * (1 + noise * chance.gauss(0, 1))
        return {"told": f"{told:.{digits}f}", "y": f"{price:.2f}"}

    return each(row)


def _bowl(chance: random.Random, _: int) -> Row:
    """Make a target that a column tells wholly, though neither grows with the other."""
    bent = chance.uniform(-1, 1)
    return {"bent": f"{bent:.6f}", "y": f"{math.exp(40 * bent * bent):.6g}"}


def _pair(of: Callable[[float, float], float], digits: int = 2) -> Rows:
    def row(chance: random.Random, _: int) -> Row:
        a, b = round(chance.lognormvariate(4, 0.7), 2), round(chance.lognormvariate(3.8, 0.7), 2)
        return {"first": a, "second": b, "y": f"{of(a, b):.{digits}f}"}

    return each(row)


def _sorted_keys(classes: list[str], shares: list[float]) -> Rows:
    """Number rows that were put together class by class, with large gaps, and shuffle them."""

    def rows(chance: random.Random, count: int) -> list[Row]:
        labels = sorted(chance.choices(range(len(classes)), shares, k=count))
        keys = sorted(chance.sample(range(10**9), count))
        found: list[Row] = [
            {"age": chance.randrange(18, 90), "file": key, "y": classes[label]}
            for key, label in zip(keys, labels, strict=True)
        ]
        return chance.sample(found, count)

    return rows


def _at_the_end(chance: random.Random, count: int) -> list[Row]:
    """Put the rare class at the end of a file of more than 2 MiB."""
    rows = each(lambda c, n: {"note": "x" * 60 + str(n % 7), **_noisy(c, int(n >= 0.92 * count))})
    return rows(chance, count)


def _noisy(chance: random.Random, y: int) -> Row:
    return {"score": f"{y + chance.gauss(0, 0.1):.4f}", "y": y}


LEAKS = [
    *(LeakFile("noisy copy", n, each(_noisy_copy), ("score",)) for n in (200, 2_000, 12_000)),
    LeakFile("amount recovered", 300, _recovered(0.3, 1, "0"), ("recovery",)),
    LeakFile("amount recovered of some", 4_000, _recovered(0.15, 0.6, "0"), ("recovery",)),
    LeakFile("amount recovered of few", 6_000, _recovered(0.1, 0.3, "0.00"), ("recovery",)),
    LeakFile("amount recovered or empty", 2_000, _recovered(0.2, 0.7, ""), ("recovery",)),
    *(LeakFile("threshold", n, each(_far_off), ("change",)) for n in (250, 3_000)),
    *(LeakFile("late", n, _late(0), ("delay",)) for n in (150, 3_000)),
    LeakFile("late with slips", 3_000, _late(0.001), ("delay",)),
    *(LeakFile("grade of score", n, each(_grade_of_score), ("score",)) for n in (400, 4_000)),
    *(LeakFile("score of grade", n, each(_score_of_grade), ("grade",)) for n in (300, 3_000)),
    *(LeakFile("dear", n, each(_dear), ("dear",)) for n in (120, 2_000)),
    *(LeakFile("status", n, each(_status), ("status",)) for n in (150, 2_000)),
    *(LeakFile("reason of a class", n, each(_reason), ("reason",)) for n in (300, 2_000)),
    *(LeakFile("closed", n, each(_closed), ("closed",)) for n in (200, 2_000)),
    LeakFile("sold", 800, each(_sold), ("clerk",)),
    *(LeakFile("logarithm", n, _transformed(math.log), ("told",)) for n in (120, 3_000)),
    LeakFile("root, downwards", 500, _transformed(lambda p: -math.sqrt(p)), ("told",)),
    LeakFile("thousands", 2_000, _transformed(lambda p: p / 1e3, digits=0), ("told",)),
    LeakFile("nearly a copy", 2_000, _transformed(lambda p: p**2, 0.01, 0), ("told",)),
    LeakFile("bowl", 3_000, each(_bowl), ("bent",)),
    LeakFile("sum", 300, _pair(lambda a, b: a + b), ("first", "second")),
    LeakFile("difference", 2_000, _pair(lambda a, b: a - b), ("first", "second")),
    LeakFile("product", 1_000, _pair(lambda a, b: a * b), ("first", "second")),
    LeakFile("ratio", 1_000, _pair(lambda a, b: a / b, 4), ("first", "second")),
    LeakFile("keys by class", 400, _sorted_keys(["no", "yes"], [0.7, 0.3]), ("file",)),
    LeakFile("keys by class", 3_000, _sorted_keys(["no", "yes"], [0.95, 0.05]), ("file",)),
    LeakFile(
        "keys by several classes",
        2_000,
        _sorted_keys(["b", "a", "d", "c"], [1, 2, 3, 1]),
        ("file",),
    ),
    LeakFile("rare class at the end", 32_000, _at_the_end, ("score",)),
]

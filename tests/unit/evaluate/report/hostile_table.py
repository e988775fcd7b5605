"""A file whose names and values try to become more than text on the page."""

from typing import Any

import numpy as np

from tests.unit.evaluate.tables import Table

# Each would change the page's title, or leave its mark in it, if it ran.
HOSTILE = (
    "<script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "</style><script>document.title='ran'</script>",
    "</title></svg><svg onload=\"document.title='ran'\">",
    "\"' onmouseover='x' style=\"display:none\"",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:document.title='ran'",
)


def hostile_table(task: str) -> Table:
    draw = np.random.default_rng(4)
    rows = 600
    titles = [f"{text} {i}" for i, text in enumerate(HOSTILE)]
    columns: dict[str, Any] = {title: draw.normal(size=rows) for title in titles}
    columns["plan" + HOSTILE[0]] = draw.choice(HOSTILE, rows).tolist()
    first = columns[f"{HOSTILE[0]} 0"] + draw.normal(0, 0.5, rows)
    classes = {"binary": 2, "multiclass": len(HOSTILE)}.get(task)
    edges = np.quantile(first, np.linspace(0, 1, (classes or 1) + 1)[1:-1])
    labels = first if classes is None else np.digitize(first, edges)
    ids = {HOSTILE[1]: [f"{HOSTILE[i % 7]}{i}" for i in range(rows)]}
    names = list(HOSTILE[:classes]) if classes else None
    return Table(task, columns, HOSTILE[2], labels, names, ids, rounds=5)

"""An encoder for what is made up, as Fit writes it."""

from typing import Any


def encoder(names: list[str], task: str, classes: int) -> dict[str, Any]:
    """Return an encoder of numbers alone."""
    texts = list(map(str, range(classes)))
    labels = {text: number for number, text in enumerate(texts)}
    return {
        "version": 1,
        "columns": [*names, "target"],
        "target": {"name": "target", "task": task, "classes": texts, "labels": labels},
        "id_columns": [],
        "features": [
            {"name": name, "column": name, "encoding": "numeric", "style": "number"}
            for name in names
        ],
    }

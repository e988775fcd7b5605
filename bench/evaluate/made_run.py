"""A run of any size as the earlier states leave it: python -m bench.evaluate.made_run FOLDER ...

The model's file is left out, so the report says so; its size does not grow with
the rows.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bench.evaluate.folder_bucket import ETAG
from pipeline import layout

PREFIX = "runs/bench"
CHAMPION = "runs/before"
FEATURES = 20
CLASSES = 10
_PART_ROWS = 64_000


def make_run(folder: Path, task: str, metric: str, rows: int) -> None:
    """Write test rows, truth, and the predictions of two models."""
    draw = np.random.default_rng(rows)
    root = folder / PREFIX
    for name in ("data/truth", "data/test", "data/tested", "predictions", "champion", "chunks"):
        (root / name).mkdir(parents=True)
    for prefix in (PREFIX, CHAMPION):
        _write_seen(folder / prefix, rows, draw)
    for part, start in enumerate(range(0, rows, _PART_ROWS)):
        _write_part(root, f"part-{part:05d}.csv", task, min(_PART_ROWS, rows - start), start, draw)
    classes = {"regression": None, "binary": ["no", "yes"]}.get(
        task, [f"class {i}" for i in range(CLASSES)]
    )
    names = [f"x{i}" for i in range(FEATURES)]
    labels = {name: index for index, name in enumerate(classes or [])}
    target = {"name": "target", "task": task, "classes": classes, "style": "plain"}
    encoder = {
        "version": 1,
        "columns": [*names, "id", "target"],
        "target": target | {"labels": labels},
        "id_columns": ["id"],
        "features": [
            {"name": name, "column": name, "encoding": "numeric", "style": "plain"}
            for name in names
        ],
    }
    request = {
        "run": "bench",
        "dataset": "bench",
        "bucket": "bench",
        "key": "inbox/bench/bench.csv",
        "settings": {"metric": metric},
    }
    seen = (root / "data/seen/part-00000.u64").stat().st_size // 8
    counts = {"index": 0, "train": rows * 5, "validation": rows, "test": rows, "dropped": 0}
    counts["seen"] = seen
    for name, content in {
        "encoder.json": encoder,
        "champion_encoder.json": encoder,
        "request.json": request,
        "profile.json": {"columns": [], "warnings": []},
        "chunks/encode-00000.json": counts,
    }.items():
        (root / name).write_text(json.dumps(content))
    _write_notes(root)


def _write_notes(root: Path) -> None:
    """Note the parts that there are, as Encode does."""
    notes = {
        layout.PARTS_NOTE: layout.PART_FOLDERS,
        layout.CHAMPION_NOTE: layout.CHAMPION_FOLDERS,
    }
    for note, folders in notes.items():
        found = [path for folder in folders for path in (root / "data" / folder).glob("*")]
        parts = {path.relative_to(root).as_posix(): ETAG for path in found}
        told = json.dumps({"index": 0, "parts": parts})
        (root / "chunks" / layout.note_name(note, 0)).write_text(told)


def _write_seen(root: Path, test_rows: int, draw: np.random.Generator) -> None:
    """Write digests of what a model was trained on: as many as Prepare keeps, none of a test row.

    The comparison is of all test rows then, which takes longest.
    """
    every = 1
    while 7 * test_rows > every * 1_000_000:
        every *= 2
    (root / "data/seen").mkdir(parents=True)
    kept = draw.integers(0, 2**62 // every, 6 * test_rows // every) * every
    (root / "data/seen/part-00000.u64").write_bytes(kept.astype("<u8").tobytes())
    (root / "chunks").mkdir(exist_ok=True)
    counts = {"train": 6 * test_rows, "validation": 0, "test": 0, "dropped": 0, "seen": len(kept)}
    (root / "chunks/encode-00000.json").write_text(json.dumps(counts))
    rule = {"digests": {"scheme": "bench", "every": every}}
    (root / "fit.json").write_text(json.dumps(rule))


def _write_part(
    root: Path, name: str, task: str, rows: int, start: int, draw: np.random.Generator
) -> None:
    truth, challenger, champion = _scores(task, rows, draw)
    features = np.char.mod("%.3f", draw.normal(size=(rows, FEATURES)))
    (root / "data/test" / name).write_text("".join(f"{','.join(row)}\n" for row in features))
    lines = (f'{start + i + 1},{value!r},"id-{i}"\n' for i, value in enumerate(truth.tolist()))
    (root / "data/truth" / name).write_text("row,label,id\n" + "".join(lines))
    digests = draw.integers(2**62, 2**63 - 1, rows).astype("<u8")
    (root / "data/tested" / f"{name.removesuffix('.csv')}.u64").write_bytes(2 * digests.tobytes())
    for folder, scores in (("predictions", challenger), ("champion", champion)):
        text = "".join(f"{score}\n" for score in scores.astype(np.float32).tolist())
        (root / folder / f"{name}.out").write_text(text)


def _scores(task: str, rows: int, draw: np.random.Generator) -> Any:
    if task == "regression":
        truth = draw.normal(100, 20, rows)
        return truth, truth + draw.normal(0, 5, rows), truth + draw.normal(0, 5.02, rows)
    if task == "binary":
        labels = (draw.random(rows) < 0.3).astype(int)
        both = [1 / (1 + np.exp(-draw.normal(2 * labels - 1.5, s))) for s in (1.0, 1.02)]
        return labels, *both
    labels = draw.integers(0, CLASSES, rows)
    made = []
    for _ in range(2):
        raw = draw.random((rows, CLASSES)) + np.eye(CLASSES)[labels]
        made.append(raw / raw.sum(axis=1, keepdims=True))
    return labels, *made


if __name__ == "__main__":
    make_run(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))

"""Writes a scored file of one chunk of so many bytes, as the steps before Join leave it."""

import json
import sys
from pathlib import Path
from typing import Any

from bench.predict.made_encoder import encoder
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.plan import Plan

PREFIX, DROP = "runs/bench", "score/bench/file.csv"
_ROWS_AT_ONCE = 100_000


def main(folder: Path, size: int, columns: int) -> None:
    """Write the drop, its predictions and the documents of its run."""
    names = ["key", *(f"column {number}" for number in range(columns))]
    header = f"{','.join(names)}\n".encode()
    drop, predicted = (
        folder / DROP,
        folder / PREFIX / layout.PREDICTIONS / layout.prediction_part(0),
    )
    for path in (drop, predicted):
        path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with drop.open("wb") as lines, predicted.open("w") as answers:
        lines.write(header)
        while lines.tell() < size:
            for row in range(rows, rows + _ROWS_AT_ONCE):
                cells = [f"{(row * 7 + at) % 997 / 10}" for at in range(columns)]
                lines.write(f"{','.join([str(row), *cells])}\n".encode())
                answers.write(f"{row % 991 / 7}\n")
                if lines.tell() >= size:
                    rows = row + 1
                    break
            else:
                rows += _ROWS_AT_ONCE
    total = drop.stat().st_size
    (folder / "rows").write_text(str(rows))
    (folder / "size").write_text(f"{len(header)} {total}")
    for file, document in documents(names, rows, len(header), total).items():
        path = folder / PREFIX / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))


def documents(names: list[str], rows: int, start: int, size: int) -> dict[str, Any]:
    """Return what the steps before Join wrote, by the files' names."""
    plan: Plan = {
        "source": {"bucket": "bench", "key": DROP, "version_id": None, "size": size},
        "file": "file.csv",
        "dialect": {
            "delimiter": ",", "quote": '"', "newline": "\n", "skip_space": False,
            "encoding": "utf-8",
        },
        "header": True,
        "columns": names,
        "data_start": start,
        "skip_lines": 0,
        "target": "",
        "target_by": "settings",
        "time_index": None,
        "group_index": None,
        "notices": [],
        "header_records": [names],
        "number_columns": [],
    }  # fmt: skip
    scoring = {
        "champion": {"found": True}, "settings": {}, "written": "utf-8", "mark": False,
        "packed": False, "size": size,
    }  # fmt: skip
    checked = {
        "engine": "function", "reasons": 0, "rows": rows, "records": rows,
        "added": ["prediction", "prediction_error"], "target_column": None, "missing": [],
        "warnings": [],
    }  # fmt: skip
    trained = encoder(names, "regression", 0)
    trained["target"] = {"name": "target", "task": "regression", "style": "plain"}
    note = {"index": 0, "rows": rows, "plain": True, "unseen": {}}
    return {
        kinds.PLAN.file: plan,
        kinds.SCORING.file: scoring,
        kinds.CHECK.file: checked,
        kinds.ENCODER.file: trained,
        f"chunks/{layout.note_name(layout.SCORE_NOTE, 0)}": note,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))

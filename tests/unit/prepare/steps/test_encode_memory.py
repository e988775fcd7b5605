"""What Encode holds of a chunk at a time."""

import json
import tracemalloc
import weakref
from typing import Any

import polars as pl
import pytest

from prepare.steps import encode
from tests.unit.prepare.pipeline_run import prepare

_ROWS = 40_000


def test_bytes_of_a_chunk_and_its_texts_go_as_soon_as_they_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = (f"{row},{'x' * 100}{row % 7},{row % 2}\n" for row in range(_ROWS))
    data = ("id,text,label\n" + "".join(lines)).encode()
    run = prepare(data, {"target": "label"})
    chunk = json.loads(run.s3.objects[run.fit["chunks"]])[0]
    split, write = encode.split_rows, encode._learned
    held: dict[str, Any] = {}

    def split_rows(frame: pl.DataFrame, *arguments: Any) -> Any:
        held["python"] = tracemalloc.get_traced_memory()[0]
        held["frame"] = weakref.ref(frame)
        return split(frame, *arguments)

    def learned(*arguments: Any) -> Any:
        held["texts"] = held["frame"]()
        return write(*arguments)

    monkeypatch.setattr(encode, "split_rows", split_rows)
    monkeypatch.setattr(encode, "_learned", learned)
    tracemalloc.start()
    try:
        encode.encode_chunk(run.s3, "bucket", run.plan["prefix"], chunk)
    finally:
        tracemalloc.stop()
    assert held["python"] < len(data) / 2
    assert held["texts"] is None

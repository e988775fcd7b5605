"""Odd and malformed files train with the stated warnings, or are refused for a stated reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import errors
from tests.unit.prepare.pipeline_run import prepare

FOLDER = Path(__file__).parent / "odd_csv"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text())
ALWAYS = {"tiny_data", "numbers_as_classes"}
TRAINING = {name: e for name, e in EXPECTED.items() if "warns" in e}
REFUSED = {name: e for name, e in EXPECTED.items() if "error" in e}


def test_corpus_every_file_has_an_expectation() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*EXPECTED, "expected.json"}
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", TRAINING)
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 101])
def test_odd_file_is_encoded_with_the_stated_warnings(name: str, chunk_bytes: int) -> None:
    expected = TRAINING[name]
    prepared = prepare(
        (FOLDER / name).read_bytes(),
        expected.get("settings"),
        name=f"inbox/set/{name}",
        chunk_bytes=chunk_bytes,
    )
    assert prepared.codes - ALWAYS == set(expected["warns"]) - ALWAYS
    assert set(expected["warns"]) <= prepared.codes
    assert len(prepared.warnings) <= 20
    assert all(0 < len(warning["message"]) <= 300 for warning in prepared.warnings)
    train, test = prepared.table("train"), prepared.table("test")
    assert train.shape[1] - 1 == test.shape[1] == len(prepared.json("encoder.json")["features"])
    # Numbers or missing, and not only missing: a misread column would be.
    assert all(dtype.kind in "if" for dtype in train.dtypes)
    assert not train.isna().all().any()
    assert len(prepared.table("truth")) == len(test) > 0


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 101])
def test_odd_file_is_refused_for_the_stated_reason(name: str, chunk_bytes: int) -> None:
    expected = REFUSED[name]
    kind = getattr(errors, expected["error"])
    assert issubclass(kind, errors.InputError)
    with pytest.raises(kind) as caught:
        prepare(
            (FOLDER / name).read_bytes(),
            expected.get("settings"),
            name=f"inbox/set/{name}",
            chunk_bytes=chunk_bytes,
        )
    message = str(caught.value)
    assert type(caught.value) is kind
    for part in expected["says"]:
        assert part in message
    assert len(message) < 1500

"""JSON of a run holds finite numbers, in files that fit their schema."""

import json
import sys

import pytest
from botocore.exceptions import ClientError

from pipeline.documents import kinds, reading
from pipeline.errors import ArtefactError
from pipeline.storage.damage import present

COLUMN = '{"name": "a", "type": "float", "missing": 0, "distinct": 2, "mean": %s}'
URI = "s3://bucket/runs/r/profile.json"


def profile(mean: str) -> bytes:
    return f'{{"columns": [{COLUMN % mean}], "warnings": []}}'.encode()


@pytest.mark.parametrize("mean", ["1.5", "-1e300", "0", "null"])
def test_finite_numbers_are_read(mean: str) -> None:
    found = reading.checked(kinds.PROFILE, profile(mean), URI)
    assert found["columns"][0]["mean"] == json.loads(mean)


@pytest.mark.parametrize("mean", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5_000])
def test_numbers_that_are_none_are_refused_where_any_number_may_stand(mean: str) -> None:
    with pytest.raises(ArtefactError, match=f"^{URI}, which Fit encoder wrote, is no JSON as it"):
        reading.checked(kinds.PROFILE, profile(mean), URI)


def test_schema_says_what_is_wrong_and_where() -> None:
    body = profile("1").replace(b'"missing": 0', b'"missing": "0"')
    with pytest.raises(ArtefactError, match=r"is not as expected: it\.columns\[0\]\.missing must"):
        reading.checked(kinds.PROFILE, body, URI)


def test_every_kind_of_file_has_a_schema_that_compiles() -> None:
    known = [kind for kind in vars(kinds).values() if isinstance(kind, kinds.Kind)]
    assert len(known) > 10
    for kind in known:
        assert kind.writer
        if kind.schema:
            with pytest.raises(ArtefactError):
                reading.fitting(kind, "no such thing", URI)


def test_file_that_may_not_be_read_names_the_roles_too() -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")
    with (
        pytest.raises(ArtefactError, match="deploy the stack again, which restores its roles"),
        present("s3://b/runs/r/plan.json", "Plan data"),
    ):
        raise denied


def chunk_profile(rows: list[object]) -> dict[str, object]:
    column = {
        "missing": 0,
        "numbers": {},
        "dates": {},
        "values": {"hashes": list(range(len(rows))), "rows": rows},
        "longest": 1,
    }
    body = {"records": 9, "rows": 9, "clean": True, "bad": [], "columns": [column]}
    body |= {"cp1252": False, "contents": {"hashes": [1], "counts": [1]}}
    none = {"first": 0, "end": 9, "ends_inside": False, "fault": None, "head": None}
    return {"index": 0, "lines": 9, "outside": none, "inside": none, "body": body}


def functions_called(value: object) -> int:
    """Count what is called while a chunk's profile is checked, but for isinstance."""
    kind, calls = kinds.chunk_profile(1), []
    reading.fitting(kind, value, URI)  # compiles
    sys.setprofile(
        lambda _frame, event, found: (
            calls.append(found)
            if event == "call" or (event == "c_call" and found is not isinstance)
            else None
        )
    )
    try:
        reading.fitting(kind, value, URI)
    finally:
        sys.setprofile(None)
    return len(calls)


def test_checking_calls_no_function_for_each_number() -> None:
    assert functions_called(chunk_profile([1] * 500)) == functions_called(chunk_profile([1] * 5))


@pytest.mark.parametrize("number", [-1, 2**53 + 1, "1", None, 1.5])
def test_number_in_a_long_list_is_checked_all_the_same(number: object) -> None:
    with pytest.raises(ArtefactError, match=r"is not as expected: it\.body"):
        reading.fitting(kinds.chunk_profile(1), chunk_profile([1, 2, number]), URI)
    reading.fitting(kinds.chunk_profile(1), chunk_profile([1, 2, 2**53]), URI)

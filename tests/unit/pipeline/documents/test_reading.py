"""JSON of a run holds finite numbers, in files that fit their schema."""

import json

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

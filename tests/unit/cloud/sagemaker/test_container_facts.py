"""The container answers as AWS's own code was seen to.

container_facts.json holds what functions of github.com/aws/sagemaker-xgboost-container (commit
cb8df91, of 2026-06-25) made of these bodies and types: `cells` that a libsvm body has, or the
error's class; the `format` that a ContentType names, if any, and whether a `channel` may have it.
container_hyperparameters.json holds what its checks of hyperparameters `read` of each `given` set,
or how they refused it: as the `user`'s error, or as one of the `algorithm`, with the beginning of
the words. What falls out of the checks as it is, the container calls the algorithm's, too.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud.sagemaker.container import data, inference
from dropforge.cloud.sagemaker.container.errors import AlgorithmError, UserError
from dropforge.cloud.sagemaker.container.hyperparameters import validate


def _facts(name: str) -> Any:
    return json.loads(Path(__file__).with_name(f"container_{name}.json").read_text())


FACTS: dict[str, Any] = _facts("facts")


@pytest.mark.parametrize("fact", FACTS["libsvm_bodies"], ids=lambda fact: repr(fact["body"]))
def test_libsvm_body_is_read_as_by_the_container(fact: dict[str, Any]) -> None:
    payload = fact["body"].encode()
    if "refused" in fact:
        with pytest.raises(RuntimeError, match="Loading libsvm data failed with Exception"):
            inference.parse(payload, "text/libsvm")
        return
    matrix = inference.parse(payload, "text/libsvm")
    assert (matrix.num_row(), matrix.num_col()) == (fact["rows"], fact["columns"])
    seen = matrix.get_data().tocoo()
    cells = zip(seen.row.tolist(), seen.col.tolist(), seen.data.tolist(), strict=True)
    assert [[row, column, repr(value)] for row, column, value in cells] == fact["cells"]


@pytest.mark.parametrize("fact", FACTS["content_types"], ids=lambda fact: repr(fact["text"]))
def test_content_type_names_the_format_that_the_container_reads(fact: dict[str, Any]) -> None:
    if fact["format"] is None:
        with pytest.raises(UserError):
            data.content_type_of(fact["text"])
    else:
        assert data.content_type_of(fact["text"]) == fact["format"]


@pytest.mark.parametrize("fact", FACTS["content_types"], ids=lambda fact: repr(fact["text"]))
def test_channel_takes_the_types_that_the_container_lists(fact: dict[str, Any]) -> None:
    channel = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated"}
    if fact["text"] is not None:
        channel["ContentType"] = fact["text"]
    if fact["channel"] or fact["text"] is None:
        data.validate_channels({"train": channel})
    else:
        with pytest.raises(UserError, match="'train' channel is not supported"):
            data.validate_channels({"train": channel})


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, True),
        ({"ContentType": "text/csv"}, False),
        ({"S3DistributionType": "ShardedByS3Key"}, False),
        ({"TrainingInputMode": "Pipe"}, False),
    ],
)
def test_channel_of_code_is_python_for_every_instance(changes: dict[str, str], taken: bool) -> None:
    usual = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated"}
    channels = {
        "train": usual | {"ContentType": "csv"},
        "code": usual | {"ContentType": "text/python"} | changes,
    }
    if taken:
        data.validate_channels(channels)
    else:
        with pytest.raises(UserError, match="'code' channel is not supported"):
            data.validate_channels(channels)


@pytest.mark.parametrize("fact", _facts("hyperparameters"), ids=lambda fact: str(fact["given"]))
def test_hyperparameters_are_read_or_refused_as_by_the_container(fact: dict[str, Any]) -> None:
    for kind, error in (("user", UserError), ("algorithm", AlgorithmError)):
        if kind in fact:
            with pytest.raises(error, match=f"^{re.escape(fact[kind])}"):
                validate(fact["given"])
            return
    values = validate(fact["given"])
    plain = (int, float, str)
    read = {name: v if isinstance(v, plain) else repr(v) for name, v in values.items()}
    assert repr(sorted(read.items())) == repr(sorted(fact["read"].items()))


def test_empty_mark_of_success_may_hide_the_delimiter(tmp_path: Path) -> None:
    (tmp_path / "00000.csv").write_text("1,2,3\n0,4,5\n")
    (tmp_path / "_SUCCESS").write_text("")
    with pytest.raises(UserError, match="Could not determine delimiter"):
        data.matrix_of(tmp_path, "csv", 0)

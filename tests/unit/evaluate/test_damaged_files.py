"""A file that Evaluate reads and that is damaged is named, with its writer and the remedy."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

import pytest

from evaluate.steps.evaluate import evaluate_run
from pipeline.aws_errors import named_errors
from pipeline.errors import ArtefactError, EvaluationError, PipelineError, UnexpectedError
from tests.unit.damage import DAMAGES, Damage, wrong_values
from tests.unit.evaluate.container_output import packed
from tests.unit.evaluate.made_documents import PREFIX
from tests.unit.evaluate.made_run import MadeRun
from tests.unit.evaluate.rows.test_overlap import codes

Runs = Callable[[str], MadeRun]
MODEL = f"model/{PREFIX.removeprefix('runs/')}/output/model.tar.gz"
OLD = "runs/churn-20261015-090000-77aa10fe"
JSON = [
    ("request.json", "Plan data"),
    ("encoder.json", "Fit encoder"),
    ("profile.json", "Fit encoder"),
    ("chunks/encode-00000.json", "Encode chunks"),
]
PARTS = [
    "data/truth/part-00000.csv",
    "data/test/part-00001.csv",
    "predictions/part-00000.csv.out",
]
BYTES = ["missing", "empty", "blank", "cut", "zeros", "packed", "null", "nested", "XML"]


def hurt(run: MadeRun, key: str, damage: Damage) -> None:
    worse = damage(run.s3.objects.pop(key))
    if worse is not None:
        run.s3.objects[key] = worse


def evaluate(run: MadeRun) -> dict[str, Any]:
    with named_errors("Evaluate"):
        return evaluate_run(run.files, run.logs, run.event, "dropforge", "0.1.0")


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("name", "writer"), JSON)
def test_damaged_json_is_named_with_its_writer_and_the_remedy(
    run_of: Runs, name: str, writer: str, damage: str
) -> None:
    run = run_of("regression")
    hurt(run, f"{PREFIX}/{name}", DAMAGES[damage])
    with pytest.raises(ArtefactError) as caught:
        evaluate(run)
    message = str(caught.value)
    shown = name.replace("encode-00000", "encode-*") if damage == "missing" else name
    assert message.startswith(f"Evaluate: s3://drops/{PREFIX}/{shown}, which {writer} wrote, ")
    assert "drop the file again" in message


# Of the features only the lines of the worst rows are read, which may lie before a cut.
HURT = [(part, way) for part in PARTS for way in BYTES if (part, way) != (PARTS[1], "cut")]


@pytest.mark.parametrize("task", ["regression", "multiclass"])
@pytest.mark.parametrize(("name", "damage"), HURT)
def test_damaged_part_is_named_with_the_remedy(
    run_of: Runs, task: str, name: str, damage: str
) -> None:
    run = run_of(task)
    hurt(run, f"{PREFIX}/{name}", DAMAGES[damage])
    with pytest.raises((ArtefactError, EvaluationError)) as caught:
        evaluate(run)
    message = str(caught.value)
    assert f"s3://drops/{PREFIX}/{name.rpartition('/')[0]}/" in message
    assert "drop" in message
    assert "again" in message or "objective" in message


def members(*infos: tuple[str, bytes, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.GNU_FORMAT) as tar:
        for name, kind, body in infos:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(body), "/etc/passwd"
            tar.addfile(info, io.BytesIO(body))
    return out.getvalue()


ARCHIVES: dict[str, Damage] = {
    "missing": lambda _: None,
    "empty": lambda _: b"",
    "cut": lambda body: body[: len(body) // 2],
    "a few bytes short": lambda body: body[:-4],
    "one byte changed": lambda body: body[:900] + bytes([body[900] ^ 1]) + body[901:],
    "not packed": gzip.decompress,
    "packed twice": gzip.compress,
    "a gzip of text": lambda _: gzip.compress(b"a,b\n" * 999),
    "without members": lambda _: packed({}),
    "another member": lambda _: packed({"model.json": b"{}"}),
    "in a folder": lambda _: packed({"model/xgboost-model": b"{}"}),
    "an absolute path": lambda _: packed({"/xgboost-model": b"{}"}),
    "a path upwards": lambda _: packed({"../xgboost-model": b"{}"}),
    "a symbolic link": lambda _: members(("xgboost-model", tarfile.SYMTYPE, b"")),
    "a hard link": lambda _: members(("xgboost-model", tarfile.LNKTYPE, b"")),
    "a device": lambda _: members(("xgboost-model", tarfile.CHRTYPE, b"")),
    "a pipe": lambda _: members(("xgboost-model", tarfile.FIFOTYPE, b"")),
    "a directory": lambda _: members(("xgboost-model", tarfile.DIRTYPE, b"")),
}


@pytest.mark.parametrize("damage", ARCHIVES)
def test_model_that_nothing_can_load_is_not_registered(run_of: Runs, damage: str) -> None:
    run = run_of("regression")
    hurt(run, f"{PREFIX}/{MODEL}", ARCHIVES[damage])
    with pytest.raises(ArtefactError) as caught:
        evaluate(run)
    message = str(caught.value)
    assert message.startswith(f"Evaluate: s3://drops/{PREFIX}/{MODEL}, which Train model (XGBoost)")
    assert "drop the file again" in message
    assert f"{PREFIX}/evaluation.json" not in run.s3.objects


@pytest.mark.parametrize(("name", "_writer"), JSON)
def test_value_of_another_kind_anywhere_never_ends_in_a_raw_error(
    run_of: Runs, name: str, _writer: str
) -> None:
    run = run_of("regression")
    raw, refused = [], 0
    for what, worse in wrong_values(run.json(name), 30):
        run.s3.objects[f"{PREFIX}/{name}"] = worse
        try:
            evaluate(run)
        except UnexpectedError as error:
            raw.append(f"{what}: {error}")
        except PipelineError:
            refused += 1
    assert not raw
    assert refused > 5


CHAMPIONS = ["champion/part-00000.csv.out", "champion_encoder.json"]


@pytest.mark.parametrize("damage", BYTES)
@pytest.mark.parametrize("name", CHAMPIONS)
def test_damaged_files_of_the_champion_leave_it_to_a_person(
    run_of: Runs, name: str, damage: str
) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    hurt(run, f"{PREFIX}/{name}", DAMAGES[damage])
    result = evaluate(run)
    comparison = run.json("evaluation.json")["comparison"]
    assert (result["verdict"], comparison["obstacle"]) == ("pending", "failed")
    assert f"s3://drops/{PREFIX}/{name.partition('/')[0]}" in comparison["reason"]


def test_encoder_that_fit_found_damaged_leaves_it_to_a_person(run_of: Runs) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    reason = "its encoder is damaged (s3://drops/old/encoder.json, which Fit encoder wrote, ...)."
    run.event["fit"]["champion"] = {"usable": False, "reason": reason, "broken": True}
    run.part_from_champion(reason)
    result = evaluate(run)
    assert result["verdict"] == "pending"
    assert "its encoder is damaged" in result["sentence"]


RECORDS = [
    f"{OLD}/fit.json",
    f"{OLD}/data/seen/part-00000.u64",
    f"{OLD}/chunks/encode-00000.json",
    f"{PREFIX}/fit.json",
    f"{PREFIX}/data/seen/part-00000.u64",
    f"{PREFIX}/data/tested/part-00001.u64",
]


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "one byte short", "twice", "nested"])
@pytest.mark.parametrize("key", RECORDS)
def test_record_of_rows_that_is_not_whole_counts_as_unknown_never_as_none(
    run_of: Runs, key: str, damage: str
) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    run.record(champion=list(range(1, 41)), challenger=[10**6, 10**6 + 1])
    hurt(run, key, DAMAGES[damage] if damage != "one byte short" else lambda body: body[:-1])
    result = evaluate(run)
    document = run.json("evaluation.json")
    assert document["comparison"]["seen"] is None
    assert "champion_rows_unknown" in codes(document)
    assert "not known" in " ".join(result["warnings"])


def test_part_of_a_sampled_record_that_is_lost_counts_as_unknown(run_of: Runs) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    run.record([2, 4], [])
    counts = {"train": 9, "validation": 0, "test": 0, "dropped": 0, "seen": 3}
    for more, why in ((counts, "1 of the 3 digests"), (counts | {"seen": 2}, "")):
        run.s3.objects[f"{OLD}/chunks/encode-00000.json"] = json.dumps(more).encode()
        result = evaluate(run)
        assert why in " ".join(result["warnings"])
        assert (run.json("evaluation.json")["comparison"]["seen"] is None) == bool(why)


def test_payload_is_small_whatever_the_names(run_of: Runs) -> None:
    run = run_of("multiclass")
    long = "n" * 150_000
    encoder = run.json("encoder.json")
    encoder["target"]["name"] = long
    run.put("encoder.json", json.dumps(encoder))
    result = evaluate(run)
    assert len(json.dumps(result)) < 32_000
    assert run.json("evaluation.json")["target"] == long

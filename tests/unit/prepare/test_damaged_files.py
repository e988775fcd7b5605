"""A file of a run that is damaged is named, with the step that wrote it and what to do."""

import json
from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any

import pytest

from bench.prepare.local_s3 import LocalS3
from pipeline.aws_errors import named_errors
from pipeline.documents import reading
from pipeline.documents.run_files import RunFiles
from pipeline.errors import ArtefactError, PipelineError, UnexpectedError
from pipeline.planned import read_plan, source_of
from pipeline.storage.bucket import Bucket
from prepare.splitting.content import content_columns
from prepare.steps.encode import encode_chunk
from prepare.steps.fit import fit_run
from prepare.steps.profile import profile_chunk
from tests.unit.damage import DAMAGES, Damage, wrong_values
from tests.unit.prepare.pipeline_run import INSTANCE, prepare

RUN = "runs/set-2"
OLD = "runs/set-1"
ROWS = 120
DAY = "2024-0{}-1{}"


def table() -> bytes:
    lines = ["id,plan,since,note,big,label"]
    for n in range(ROWS):
        since = DAY.format(n % 9 + 1, n % 9)
        lines.append(f"k{n},{'abc'[n % 3]},{since},w{n % 17},{n * 7 % 31}.5,{n % 2}")
    return "\n".join(lines).encode()


@cache
def _prepared() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    before = prepare(table(), run="set-1", chunk_bytes=2_000)
    champion = {"found": True, "encoder_key": f"{OLD}/encoder.json"}
    run = prepare(table(), champion=champion, s3=before.s3, run="set-2", chunk_bytes=2_000)
    return dict(run.s3.objects), run.json("chunks.json")


@pytest.fixture
def s3() -> LocalS3:
    made = LocalS3()
    made.objects = copy(_prepared()[0])  # type: ignore[arg-type]
    return made


def profile(s3: LocalS3) -> None:
    bucket = Bucket(s3, "bucket")
    plan = read_plan(RunFiles(bucket, RUN))
    uris = bucket.uri(f"{RUN}/plan.json"), bucket.uri(f"{RUN}/manifest.json")
    with reading.belonging(*uris):
        source = source_of(s3, plan)
        content = content_columns(source, plan)
        profile_chunk(source, plan, content, {"index": 0, "start": 0, "end": 2_000})


def fit(s3: LocalS3) -> dict[str, Any]:
    champion = {"found": True, "encoder_key": f"{OLD}/encoder.json"}
    return fit_run(s3, "bucket", RUN, champion, INSTANCE)


def encode(s3: LocalS3) -> None:
    encode_chunk(s3, "bucket", RUN, _prepared()[1][0])


STEPS: dict[str, Callable[[LocalS3], Any]] = {
    "Profile chunks": profile,
    "Fit encoder": fit,
    "Encode chunks": encode,
}
READ = [
    ("Profile chunks", "plan.json", "Plan data"),
    ("Fit encoder", "plan.json", "Plan data"),
    ("Fit encoder", "request.json", "Plan data"),
    ("Fit encoder", "manifest.json", "Plan data"),
    ("Fit encoder", "chunks/profile-00001.json", "Profile chunks"),
    ("Encode chunks", "plan.json", "Plan data"),
    ("Encode chunks", "fit.json", "Fit encoder"),
    ("Encode chunks", "encoder.json", "Fit encoder"),
    ("Encode chunks", "champion_encoder.json", "Fit encoder"),
]


def hurt(s3: LocalS3, key: str, damage: Damage) -> None:
    body = s3.objects.pop(key)
    assert isinstance(body, bytes)
    worse = damage(body)
    if worse is not None:
        s3.objects[key] = worse


def do(s3: LocalS3, step: str) -> Any:
    with named_errors(step):
        return STEPS[step](s3)


def test_run_that_is_sound_passes_all_steps(s3: LocalS3) -> None:
    for step in STEPS:
        do(s3, step)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("step", "name", "writer"), READ)
def test_damaged_file_is_named_with_its_writer_and_the_remedy(
    s3: LocalS3, step: str, name: str, writer: str, damage: str
) -> None:
    hurt(s3, f"{RUN}/{name}", DAMAGES[damage])
    with pytest.raises(ArtefactError) as caught:
        do(s3, step)
    message = str(caught.value)
    assert message.startswith(f"{step}: s3://bucket/{RUN}/{name}, which {writer} wrote, ")
    assert "drop the file again" in message
    assert len(message) < 600


@pytest.mark.parametrize(("step", "name", "_writer"), READ)
def test_value_of_another_kind_anywhere_never_ends_in_a_raw_error(
    s3: LocalS3, step: str, name: str, _writer: str
) -> None:
    key = f"{RUN}/{name}"
    body = s3.objects[key]
    assert isinstance(body, bytes)
    tried, refused, raw = 0, 0, []
    for what, worse in wrong_values(json.loads(body)):
        s3.objects[key] = worse
        tried += 1
        try:
            do(s3, step)
        except UnexpectedError as error:
            raw.append(f"{what}: {error}")
        except PipelineError:
            refused += 1
    assert not raw
    assert tried >= 24
    assert refused > tried / 5


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "missing"])
def test_champion_whose_encoder_is_damaged_fails_no_training(s3: LocalS3, damage: str) -> None:
    hurt(s3, f"{OLD}/encoder.json", DAMAGES[damage])
    usable = do(s3, "Fit encoder")["champion"]
    assert not usable["usable"]
    if damage == "of another version":
        assert usable == {"usable": False, "reason": "its encoder is of version 3, this is "
                          "version 2."}  # fmt: skip
        return
    assert usable["broken"]
    assert f"s3://bucket/{OLD}/encoder.json" in usable["reason"]
    assert len(usable["reason"]) < 300


def test_champion_with_any_wrong_value_fails_neither_fit_nor_encode(s3: LocalS3) -> None:
    key = f"{OLD}/encoder.json"
    body = s3.objects[key]
    assert isinstance(body, bytes)
    apart = 0
    for what, worse in wrong_values(json.loads(body)):
        s3.objects[key] = worse
        usable = do(s3, "Fit encoder")["champion"]
        if usable["usable"]:
            do(s3, "Encode chunks")
        else:
            apart += 1
            assert usable["reason"], what
    assert apart > 30


def test_champion_that_cannot_encode_a_row_fails_no_training(s3: LocalS3) -> None:
    key = f"{OLD}/encoder.json"
    encoder = json.loads(s3.objects[key])  # type: ignore[arg-type]
    numeric = next(f for f in encoder["features"] if f["encoding"] == "numeric")
    encoder["features"] += [numeric, numeric]
    s3.objects[key] = json.dumps(encoder).encode()
    usable = do(s3, "Fit encoder")["champion"]
    assert usable["broken"]
    assert f"s3://bucket/{key}" in usable["reason"]


def change(s3: LocalS3, name: str, edit: Callable[[Any], Any]) -> None:
    key = f"{RUN}/{name}"
    s3.objects[key] = json.dumps(edit(json.loads(s3.objects[key]))).encode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "name", "edit", "said"),
    [
        ("Fit encoder", "manifest.json", lambda m: m[:-1], "of a file of"),
        ("Fit encoder", "manifest.json", lambda m: m[1:], "gaps"),
        ("Fit encoder", "manifest.json", lambda m: [m[0], m[0], *m[1:]], "gaps"),
        ("Fit encoder", "chunks/profile-00001.json", lambda p: p | {"index": 0}, "not of chunk 1"),
        ("Fit encoder", "plan.json", lambda p: p | {"columns": p["columns"][:-1]}, "no target"),
        ("Fit encoder", "plan.json", lambda p: p | {"columns": ["label"], "content": []}, "not of"),
        ("Fit encoder", "plan.json", lambda p: p | {"content": [99]}, "not there"),
        ("Fit encoder", "plan.json", lambda p: p | {"time_index": 99}, "not there"),
        ("Encode chunks", "fit.json", lambda f: f | {"class_rows": [60]}, "do not fit"),
        (
            "Encode chunks",
            "encoder.json",
            lambda e: e | {"features": [e["features"][0] | {"column": "gone"}]},
            "do not fit",
        ),
    ],
)
def test_files_that_do_not_belong_together_are_named(
    s3: LocalS3, step: str, name: str, edit: Callable[[Any], Any], said: str
) -> None:
    change(s3, name, edit)
    with pytest.raises(ArtefactError, match=said) as caught:
        do(s3, step)
    assert f"s3://bucket/{RUN}/" in str(caught.value)
    assert "drop the file again" in str(caught.value)


@pytest.mark.parametrize("damage", ["missing", "empty", "cut"])
@pytest.mark.parametrize("step", ["Profile chunks", "Fit encoder", "Encode chunks"])
def test_dropped_file_that_changes_under_a_run_is_named(
    s3: LocalS3, step: str, damage: str
) -> None:
    hurt(s3, "inbox/set/file.csv", DAMAGES[damage])
    with pytest.raises(
        ArtefactError, match=r"s3://bucket/inbox/set/file\.csv.*drop the file again"
    ):
        do(s3, step)


def test_chunk_of_a_damaged_list_is_named(s3: LocalS3) -> None:
    for chunk in ({}, {"index": "0"}, _prepared()[1][0] | {"ordinals": None}):
        with pytest.raises(ArtefactError, match=r"runs/set-2/chunks\.json.*drop the file again"):
            encode_chunk(s3, "bucket", RUN, chunk)

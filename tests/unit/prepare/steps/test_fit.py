"""Task, classes, hyperparameters and champion, as fit decides them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from bench.prepare.local_s3 import LocalS3
from pipeline.errors import TargetMissingError, TargetUnusableError
from tests.unit.prepare.pipeline_run import prepare


def labelled(*labels: str, rows: int = 120) -> bytes:
    lines = ["a,b,label"]
    lines += [f"{n * 7 % 31},{'uvw'[n % 3]},{labels[n % len(labels)]}" for n in range(rows)]
    return "\n".join(lines).encode()


def target_of(data: bytes, settings: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = prepare(data, settings).json("encoder.json")["target"]
    return found


@pytest.mark.parametrize(
    ("labels", "task", "classes"),
    [
        (("no", "no", "yes"), "binary", ["no", "yes"]),
        (("No", "yes", "NO", "Yes"), "binary", None),
        (("0", "1", "1"), "binary", ["0", "1"]),
        (("0.0", "1.0", "1"), "binary", ["0", "1"]),
        (("1", "2"), "binary", ["1", "2"]),
        # The rarer one counts as positive.
        (("good", "good", "bad"), "binary", ["good", "bad"]),
        (("True", "False", "False"), "binary", ["False", "True"]),
        (("c", "a", "b"), "multiclass", ["a", "b", "c"]),
        (("3", "1", "2"), "multiclass", ["1", "2", "3"]),
        (("10", "2", "7"), "regression", None),
        (("1.5", "2", "7"), "regression", None),
        (('"1,200"', '"3,400"', '"7,000"'), "regression", None),
    ],
)
def test_task_and_classes_follow_the_values(
    labels: tuple[str, ...], task: str, classes: list[str] | None
) -> None:
    target = target_of(labelled(*labels))
    assert target["task"] == task
    if classes is not None:
        assert target["classes"] == classes
    if task == "binary":
        assert sorted(set(target["labels"].values())) == [0, 1]


@pytest.mark.parametrize(
    ("labels", "positive", "last"),
    [(("good", "good", "bad"), "good", "good"), (("1", "2"), 1, "1"), (("no", "yes"), False, "no")],
)
def test_positive_label_is_class_one(labels: tuple[str, ...], positive: object, last: str) -> None:
    assert target_of(labelled(*labels), {"positive_label": positive})["classes"][1] == last


def test_labels_train_as_their_indices() -> None:
    prepared = prepare(labelled("Yes", "no", "yes", "NO"))
    truth = prepared.table("truth")
    assert [(int(row) - 1) % 2 == 0 for row in truth["row"]] == [x == 1 for x in truth["label"]]


def test_tasks_may_be_forced() -> None:
    assert target_of(labelled("1", "2", "3"), {"task": "regression"})["task"] == "regression"
    prepared = prepare(labelled("1", "2"), {"task": "multiclass"})
    assert prepared.fit["hyperparameters"]["num_class"] == "2"
    assert prepared.fit["hyperparameters"]["objective"] == "multi:softprob"


def test_more_classes_than_the_limit_are_refused() -> None:
    data = labelled(*(f"c{n}" for n in range(600)), rows=2400)
    with pytest.raises(TargetUnusableError, match="at most 500 classes"):
        prepare(data)


@pytest.mark.parametrize("header", ["a,Target,z", "a,b,Label", "y,a,b", "a,b,anything"])
def test_default_target_is_a_known_name_or_the_last(header: str) -> None:
    rows = "\n".join(f"{n % 7},{n % 5 / 2},{n % 11 / 4}" for n in range(60))
    expected = next(
        (c for c in header.split(",") if c.lower() in ("target", "label", "y")), "anything"
    )
    assert prepare(f"{header}\n{rows}".encode()).fit["target"] == expected


@pytest.mark.parametrize(
    ("asked", "nearest"), [("lable", "'label'?"), ("LABEL", "'label'?"), ("zzz", None)]
)
def test_unknown_target_is_refused_with_the_nearest_names(asked: str, nearest: str | None) -> None:
    with pytest.raises(TargetMissingError) as caught:
        prepare(labelled("0", "1"), {"target": asked}, name="inbox/churn/may.csv")
    message = str(caught.value)
    assert f"'{asked}' is no column of may.csv" in message
    assert ("did you mean" in message) is (nearest is not None)
    assert (nearest or "") in message
    assert 'Set "target" in inbox/churn/pipeline.json, or run with --target COLUMN' in message
    assert "'a', 'b', 'label'" in message


def test_users_hyperparameters_win_and_all_are_text() -> None:
    chosen = {"max_depth": 3, "eta": 0.2, "num_round": 10, "deterministic_histogram": True}
    found = prepare(labelled("0", "1"), {"hyperparameters": chosen}).fit["hyperparameters"]
    assert all(isinstance(value, str) for value in found.values())
    assert (
        found
        | {
            "max_depth": "3",
            "eta": "0.2",
            "num_round": "10",
            "deterministic_histogram": "true",
        }
        == found
    )
    assert found["objective"] == "binary:logistic"


def champion_run(data: bytes, second: bytes) -> Any:
    first = prepare(data, run="set-1")
    champion = {"found": True, "encoder_key": f"{first.plan['prefix']}/encoder.json"}
    return prepare(second, champion=champion, s3=first.s3, run="set-2")


def test_champion_gets_the_same_test_rows_in_its_own_columns() -> None:
    data = labelled("no", "yes", "no")
    reordered = b"\n".join(
        b",".join(line.split(b",")[n] for n in (1, 0, 2)) for line in data.split(b"\n")
    )
    run = champion_run(data, reordered)
    assert run.fit["champion"] == {"usable": True, "reason": ""}
    assert list(run.files("champion")) == list(run.files("test"))
    mine, theirs = run.table("test"), run.table("champion")
    assert len(mine) == len(theirs)
    names = [feature["name"] for feature in run.json("encoder.json")["features"]]
    old = [feature["name"] for feature in run.json("champion_encoder.json")["features"]]
    assert names != old
    assert (mine[[names.index(n) for n in old]].to_numpy() == theirs.to_numpy()).all()


@pytest.mark.parametrize(
    ("change", "usable", "says"),
    [
        ((b"a,b,label", b"c,b,label"), False, "'a'"),
        ((b"a,b,label", b"a,b,target"), False, "'label'"),
        ((b"yes", b"maybe"), False, "'maybe'"),
        ((b",u,", b",5,"), True, ""),
    ],
)
def test_champion_that_does_not_fit_is_left_out_with_the_reason(
    change: tuple[bytes, bytes], usable: bool, says: str
) -> None:
    data = labelled("no", "yes", "no")
    run = champion_run(data, data.replace(*change))
    assert run.fit["champion"]["usable"] is usable
    assert says in run.fit["champion"]["reason"]
    assert ("champion" in run.codes) is not usable
    assert bool(run.files("champion")) is usable


def test_champion_whose_encoder_is_gone_is_left_out_with_the_reason() -> None:
    champion = {"found": True, "encoder_key": "runs/deleted-1/encoder.json"}
    run = prepare(labelled("no", "yes", "no"), champion=champion)
    reason = "its encoder is no longer in the bucket."
    assert run.fit["champion"] == {"usable": False, "reason": reason}
    assert any(reason in w["message"] for w in run.warnings if w["code"] == "champion")
    assert run.files("test")
    assert not run.files("champion")


def test_champion_whose_encoder_may_not_be_read_fails_the_run() -> None:
    class Forbidding(LocalS3):
        def get_object(self, **request: Any) -> dict[str, Any]:
            if request["Key"] == "runs/other-1/encoder.json":
                raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")
            return super().get_object(**request)

    champion = {"found": True, "encoder_key": "runs/other-1/encoder.json"}
    with pytest.raises(ClientError, match="AccessDenied"):
        prepare(labelled("no", "yes"), champion=champion, s3=Forbidding())


def test_column_added_since_the_champion_is_named() -> None:
    data = labelled("no", "yes", "no")
    added = b"\n".join(
        (b"mood," if n == 0 else b"%d," % (n % 9)) + line
        for n, line in enumerate(data.split(b"\n"))
    )
    run = champion_run(data, added)
    assert run.fit["champion"]["usable"]
    assert any("'mood'" in w["message"] for w in run.warnings if w["code"] == "added_columns")

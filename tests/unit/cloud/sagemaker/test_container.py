"""The container's own code, without a server."""

import json
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud.sagemaker.container import data, train
from dropforge.cloud.sagemaker.container.errors import AlgorithmError, UserError
from dropforge.cloud.sagemaker.container.filters import JsonPathError, Row, select
from dropforge.cloud.sagemaker.container.hyperparameters import validate
from dropforge.cloud.sagemaker.container.inference import ModelServer
from dropforge.cloud.sagemaker.jobs.training.hosts import shards_of
from dropforge.cloud.sagemaker.jobs.transfer import relative_path
from tests.rows import rows_of


def test_hyperparameters_are_read_by_type_and_alias() -> None:
    given = {
        "num_round": "10",
        "learning_rate": "0.3",
        "reg_alpha": "1",
        "eval_metric": "error@0.7,auc",
        "objective": "binary:logistic",
        "monotone_constraints": "(1, -1)",
        "tree_method": "hist",
    }
    assert validate(given) == {
        "num_round": 10,
        "eta": 0.3,
        "alpha": 1.0,
        "eval_metric": ["error@0.7", "auc"],
        "objective": "binary:logistic",
        "monotone_constraints": (1, -1),
        "tree_method": "hist",
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"eta": "1.5"}, "Hyperparameter eta: 1.5 is not in [0, 1]"),
        ({"subsample": "0"}, "Hyperparameter subsample: 0.0 is not in (0, 1]"),
        ({"tweedie_variance_power": "2"}, "is not in (1, 2)"),
        ({"booster": "tree"}, "Hyperparameter booster: tree is not in"),
        ({"eval_metric": "gain", "objective": "reg:squarederror"}, "value ['gain'] not in range"),
        ({"eval_metric": "auc", "objective": "reg:squarederror"}, "Metric 'auc' can only be"),
        ({"eval_metric": "rmse@2", "objective": "reg:squarederror"}, "customized threshold"),
        ({"monotone_constraints": "(1,)"}, "monotone_constraints can be used only when"),
        ({"updater": "grow_histmaker,grow_colmaker"}, "Only one tree grow plugin"),
        ({"booster": "gblinear", "updater": "prune"}, "Linear updater should be one of"),
        ({"objective": "multi:softmax"}, "Require input for parameter 'num_class'"),
        ({"interaction_constraints": "[[1,"}, "could not parse value"),
    ],
)
def test_hyperparameter_is_refused_as_by_the_container(given: dict[str, str], message: str) -> None:
    with pytest.raises((UserError, AlgorithmError)) as refusal:
        validate({"num_round": "1"} | given)
    assert message in str(refusal.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_guessed_from_the_first_line(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "a.csv").write_text(rows_of(5).replace(",", delimiter))
    matrix = data.matrix_of(tmp_path, "csv", 0)
    assert matrix is not None
    assert (matrix.num_row(), matrix.num_col()) == (5, 4)


def test_weights_are_the_second_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,0.5,7,8\n0,2,9,8\n")
    matrix = data.matrix_of(tmp_path, "csv", 1)
    assert matrix is not None
    assert matrix.num_col() == 2
    assert matrix.get_weight().tolist() == [0.5, 2.0]


def test_files_that_come_and_go_beside_it_do_not_disturb_a_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Functions and other jobs have their temporary files in the same folder.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    for folder in ("tmp", "channel"):
        (tmp_path / folder).mkdir()
    (tmp_path / "channel/a.csv").write_text(rows_of(5))
    ended = threading.Event()

    def others() -> None:
        files = [tmp_path / f"tmp/{n}" for n in range(40)]
        while not ended.is_set():
            for file in files:
                file.write_text("1")
            for file in files:
                file.unlink()

    busy = threading.Thread(target=others)
    busy.start()
    try:
        for _ in range(40):
            assert data.matrix_of(tmp_path / "channel", "csv", 0) is not None
    finally:
        ended.set()
        busy.join()


def test_channel_of_empty_files_has_no_matrix(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    assert data.matrix_of(tmp_path, "csv", 0) is None


def job_folder(root: Path, **parameters: str) -> Path:
    config = root / "input" / "config"
    config.mkdir(parents=True)
    values = {"objective": "reg:squarederror", "num_round": "4"} | parameters
    channel = {"TrainingInputMode": "File", "ContentType": "text/csv"}
    (config / "hyperparameters.json").write_text(json.dumps(values))
    (config / "inputdataconfig.json").write_text(json.dumps({"train": channel}))
    (config / "resourceconfig.json").write_text('{"hosts": ["algo-1"]}')
    (root / "input" / "data" / "train").mkdir(parents=True)
    (root / "input" / "data" / "train" / "a.csv").write_text(rows_of(40))
    return root


def checkpointed(root: Path, **parameters: str) -> Path:
    """A job's folder with one of checkpoints."""
    job_folder(root, **parameters)
    folder = root / "checkpoints"
    config = root / "input/config/checkpointconfig.json"
    config.write_text(json.dumps({"LocalPath": str(folder)}))
    return folder


def rounds_of(printed: str) -> int:
    return sum("#011" in line for line in printed.splitlines())


def test_training_keeps_its_first_round_as_the_one_checkpoint(tmp_path: Path) -> None:
    folder = checkpointed(tmp_path, num_round="20")
    assert train.main(tmp_path) == 0
    assert [path.name for path in folder.iterdir()] == ["xgboost-checkpoint_0.ubj"]


def test_training_starts_anew_beside_a_checkpoint_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpointed(tmp_path)
    for _ in range(2):
        assert train.main(tmp_path) == 0
        assert rounds_of(capsys.readouterr().out) == 4


# The name says no format; the container's log has the same warning.
@pytest.mark.filterwarnings("ignore:(?s).*Unknown file format")
def test_training_goes_on_from_the_newest_checkpoint_of_the_name_it_looks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = checkpointed(tmp_path, num_round="11")
    assert train.main(tmp_path) == 0
    model = tmp_path / "model" / "xgboost-model"
    model.replace(folder / "xgboost-checkpoint.10")
    (folder / "xgboost-checkpoint.9").write_bytes(b"older")
    parameters = {"objective": "reg:squarederror", "num_round": "13"}
    (tmp_path / "input/config/hyperparameters.json").write_text(json.dumps(parameters))
    capsys.readouterr()
    assert train.main(tmp_path) == 0
    assert rounds_of(capsys.readouterr().out) == 2
    assert ModelServer(tmp_path / "model").boosters[0].num_boosted_rounds() == 13


def test_failure_is_written_to_its_file(tmp_path: Path) -> None:
    root = job_folder(tmp_path, num_round="-1")
    assert train.main(root) == 1
    assert "num_round: -1 is not in [1, +inf)" in (root / "output" / "failure").read_text()


def test_server_answers_as_the_containers(tmp_path: Path) -> None:
    root = job_folder(tmp_path)
    train.main(root)
    server = ModelServer(root / "model")
    assert server.invoke(b"", "text/csv", "text/csv").status == 204
    good = server.invoke(b"0.1,0.2,0.3,0.4\n0.5;0.6\n", "text/csv", "text/csv")
    assert good.status == 415
    assert server.invoke(b"1,2,3,4", "text/csv", "image/png").status == 406
    assert server.invoke(b"1,2,3,4", "image/png", "text/csv").status == 415
    lines = server.invoke(b"1,2,3,4\n1,,3,nan\n", "text/csv; charset=utf-8", "*/*")
    assert (lines.status, lines.body.count(b"\n")) == (200, 2)
    sparse = server.invoke(b"1:1 2:2 3:3 4:4", "text/libsvm", "text/csv")
    assert sparse.body == server.invoke(b"1,2,3,4", "text/csv", "text/csv").body
    # A feature that a row of libsvm lacks is missing, and not 0.
    absent = server.invoke(b"1:1 4:4", None, "text/csv").body
    assert absent == server.invoke(b"1,,,4", "text/csv", "text/csv").body


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("$", [1, 2], [1, 2]),
        ("$[0]", [1, 2], 1),
        ("$[-1]", [1, 2], 2),
        ("$[1:]", [1, 2, 3], [2, 3]),
        ("$[:-1]", [1, 2, 3], [1, 2]),
        ("$[0,2]", [1, 2, 3], [1, 3]),
        ("$.a.b", {"a": {"b": 5}}, 5),
        ("$['a b'][0]", {"a b": [7]}, 7),
    ],
)
def test_jsonpath_selects(path: str, value: Any, expected: Any) -> None:
    assert select(path, value) == expected


@pytest.mark.parametrize("path", ["a", "$..a", "$[5]", "$.absent", "$[?(@.a)]"])
def test_jsonpath_is_refused_by_its_text(path: str) -> None:
    with pytest.raises(JsonPathError) as refusal:
        select(path, {"a": [1]})
    assert path in str(refusal.value)


def test_records_without_as_many_predictions_are_not_joined() -> None:
    row = Row.of({"JoinSource": "Input"}, "text/csv", "text/csv")
    assert row is not None
    assert row.join(b"a,1\nb,2\n", b"0.5\n0.6\n") == b"a,1,0.5\nb,2,0.6\n"
    with pytest.raises(JsonPathError, match="2 records but 1 predictions"):
        row.join(b"a,1\nb,2\n", b"0.5\n")


def test_json_lines_are_joined_under_their_name() -> None:
    processing = {"JoinSource": "Input", "OutputFilter": "$.SageMakerOutput"}
    row = Row.of(processing, "application/jsonlines", "application/jsonlines")
    assert row is not None
    assert row.join(b'{"x": 1}\n', b"0.5\n") == b"0.5\n"


def test_objects_are_shared_out_one_by_one() -> None:
    hosts = ["algo-1", "algo-2"]
    assert shards_of(["a", "b", "c"], hosts, "ShardedByS3Key") == {
        "algo-1": ["a", "c"],
        "algo-2": ["b"],
    }
    assert shards_of(["a"], hosts, "FullyReplicated") == {"algo-1": ["a"], "algo-2": ["a"]}


@pytest.mark.parametrize(
    ("key", "prefix", "expected"),
    [
        ("data/train/a.csv", "data/train/", "a.csv"),
        ("data/train/deep/a.csv", "data/train", "deep/a.csv"),
        ("data/train/a.csv", "data/train/a", "a.csv"),
        ("data/train/a.csv", "data/train/a.csv", "a.csv"),
        ("a.csv", "", "a.csv"),
    ],
)
def test_object_keeps_its_path_below_the_prefix(key: str, prefix: str, expected: str) -> None:
    assert relative_path(key, prefix) == expected

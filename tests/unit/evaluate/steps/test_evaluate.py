"""The evaluate step on runs as the earlier states leave them."""

import json
import re
import unicodedata
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastjsonschema
import numpy as np
import pytest
from botocore.session import Session
from botocore.validate import ParamValidator
from sklearn import metrics as sk

from evaluate.document import evaluation_json as written
from evaluate.document.plots import plots_of
from evaluate.metrics.scored import Scored
from evaluate.rows.holdout import read_holdout, spread
from evaluate.rows.worst import worst_rows
from evaluate.steps.evaluate import count_rows, evaluate_run
from pipeline.errors import (
    EmptyTestSplitError,
    PredictionCountError,
    PredictionValueError,
    SettingsError,
)
from tests.unit.evaluate.buckets import FakeLogs
from tests.unit.evaluate.container_output import packed, prediction_lines
from tests.unit.evaluate.made_documents import PREFIX
from tests.unit.evaluate.made_run import MadeRun

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")
SCHEMA = Path(written.__file__).with_name("evaluation.schema.json")
PART = f"s3://drops/{PREFIX}/predictions/part-00001.csv.out"


def evaluated(run: MadeRun) -> dict[str, Any]:
    return evaluate_run(run.files, run.logs, run.event, "dropforge", "0.1.0")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("compared", [True, False])
def test_evaluation_json_follows_its_schema(run_of: Runs, task: str, compared: bool) -> None:
    run = run_of(task)
    if compared:
        run.add_champion(run.predicted)
    evaluated(run)
    fastjsonschema.compile(json.loads(SCHEMA.read_text()))(run.json("evaluation.json"))


@pytest.mark.parametrize("task", TASKS)
def test_schema_refuses_an_unknown_field(run_of: Runs, task: str) -> None:
    run = run_of(task)
    evaluated(run)
    validate = fastjsonschema.compile(json.loads(SCHEMA.read_text()))
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(run.json("evaluation.json") | {"surprise": 1})


@pytest.mark.parametrize(
    ("task", "score"),
    [
        ("regression", sk.root_mean_squared_error),
        ("binary", sk.roc_auc_score),
        ("multiclass", lambda truth, given: sk.log_loss(truth, y_proba=given, labels=range(7))),
    ],
)
def test_metric_of_the_parts_equals_scikit_learn(run_of: Runs, task: str, score: Any) -> None:
    run = run_of(task)
    result = evaluated(run)
    with warnings.catch_warnings():
        # Probabilities written as 32 bit floats sum to one only nearly.
        warnings.filterwarnings("ignore", message="The y_prob values do not sum to one")
        expected = score(run.truth, run.predicted.astype(float))
    assert result["metric"]["value"] == pytest.approx(expected, rel=1e-9)
    assert result["rows"] == {"train": 1050, "validation": 225, "test": 225, "dropped": 0}


def test_payload_has_what_the_state_machine_reads(run_of: Runs) -> None:
    result = evaluated(run_of("binary"))
    assert result["verdict"] == "approved"
    assert result["approval_status"] == "Approved"
    assert result["champion"] is None
    assert result["files"]["report"] == f"s3://drops/{PREFIX}/report.html"
    assert result["files"]["predictions"] == f"s3://drops/{PREFIX}/predictions/"
    assert result["package"]["group"] == "dropforge--churn"
    assert result["package"]["metadata"]["encoder"] == f"{PREFIX}/encoder.json"
    assert len(json.dumps(result)) < 10_000


def test_package_fits_what_sagemaker_allows(run_of: Runs) -> None:
    run = run_of("binary")
    name = "very long n\u00e4me \U0001f600 \U00010400 & mo\u0308re "
    run.change("request.json", key=f"inbox/churn/{name * 20}.csv")
    run.change("encoder.json", target=run.json("encoder.json")["target"] | {"name": "a<b>\n\u200d"})
    package = evaluated(run)["package"]
    model = Session().get_service_model("sagemaker").operation_model("CreateModelPackage")
    request = {
        "ModelPackageGroupName": package["group"],
        "ModelPackageDescription": package["description"],
        "CustomerMetadataProperties": package["metadata"],
    }
    report = ParamValidator().validate(request, model.input_shape)
    assert not report.has_errors(), report.generate_report()
    assert len(package["metadata"]) <= 50
    for name, value in package["metadata"].items():
        assert re.fullmatch(r"[\w.:/=+\-@]{1,128}", name)
        # As Java counts, and as its classes L, Z and N are.
        assert 1 <= len(value.encode("utf-16-le")) // 2 <= 256
        assert all(c in "_.:/=+-@" or unicodedata.category(c)[0] in "LZN" for c in value), value
    assert not [c for c in package["description"] if unicodedata.category(c)[0] == "C"]
    assert "predicts 'a<b>" in package["description"]
    assert package["metadata"]["target"] == "a_b___"
    assert package["metadata"]["object"].endswith(".csv")


def test_one_prediction_too_few_is_refused_by_file_and_counts(run_of: Runs) -> None:
    run = run_of("binary")
    lines = run.text("predictions/part-00001.csv.out").splitlines(keepends=True)
    run.put("predictions/part-00001.csv.out", "".join(lines[:-1]))
    with pytest.raises(PredictionCountError) as caught:
        evaluated(run)
    assert f"{PART} has 111 predictions, but the test part has 112 rows" in str(caught.value)
    assert f"{PREFIX}/evaluation.json" not in run.s3.objects


def test_a_blank_line_among_predictions_is_not_skipped(run_of: Runs) -> None:
    run = run_of("regression")
    lines = run.text("predictions/part-00001.csv.out").splitlines(keepends=True)
    run.put("predictions/part-00001.csv.out", "".join(["\n", *lines[1:]]))
    with pytest.raises(PredictionValueError, match=r"line 1 of .* is '', not one finite number"):
        evaluated(run)


def test_a_missing_part_is_refused_by_name(run_of: Runs) -> None:
    run = run_of("binary")
    del run.s3.objects[f"{PREFIX}/predictions/part-00001.csv.out"]
    with pytest.raises(PredictionCountError, match=r"lacks part-00001.csv.out .* 1 of 2 test"):
        evaluated(run)


@pytest.mark.parametrize(
    ("task", "bad"),
    [
        ("regression", "many"),
        ("regression", "nan"),
        ("regression", "1e999"),
        ("regression", "0.1,0.2"),
        ("binary", "1.5"),
        ("binary", "-0.1"),
        ("multiclass", "[0.5, 0.5]"),
        ("multiclass", "3"),
        ("multiclass", "[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, inf]"),
    ],
)
def test_a_prediction_that_is_none_is_refused_by_line(run_of: Runs, task: str, bad: str) -> None:
    run = run_of(task)
    lines = run.text("predictions/part-00001.csv.out").splitlines()
    run.put(
        "predictions/part-00001.csv.out", "".join(f"{x}\n" for x in [*lines[:4], bad, *lines[5:]])
    )
    with pytest.raises(PredictionValueError) as caught:
        evaluated(run)
    assert f"line 5 of {PART} is {bad!r}" in str(caught.value)
    assert "(1 such line)" in str(caught.value)


def test_an_empty_test_split_is_refused(run_of: Runs) -> None:
    run = run_of("binary")
    for key in [key for key in run.s3.objects if "/data/truth/" in key]:
        del run.s3.objects[key]
    with pytest.raises(EmptyTestSplitError, match=r"data/truth/ holds no test rows \(0 of"):
        evaluated(run)


def test_test_rows_without_their_truth_and_predictions_are_missed(run_of: Runs) -> None:
    run = run_of("binary")
    for folder, name in (("data/truth", "part-00001.csv"), ("predictions", "part-00001.csv.out")):
        del run.s3.objects[f"{PREFIX}/{folder}/{name}"]
    said = r"data/truth/ holds 113 rows, but 225 fell into the test split"
    with pytest.raises(PredictionCountError, match=said):
        evaluated(run)


def test_predictions_of_a_part_without_truth_are_refused_by_name(run_of: Runs) -> None:
    run = run_of("binary")
    run.put("predictions/part-00002.csv.out", "0.5\n")
    with pytest.raises(PredictionCountError, match=r"holds part-00002.csv.out, for which .* \(1 "):
        evaluated(run)


@pytest.mark.parametrize(
    ("task", "label"), [("regression", "nan"), ("regression", "x"), ("multiclass", "7")]
)
def test_a_label_that_is_none_is_refused_by_line(run_of: Runs, task: str, label: str) -> None:
    run = run_of(task)
    lines = run.text("data/truth/part-00001.csv").splitlines()
    lines[4] = ",".join([lines[4].split(",")[0], label])
    run.put("data/truth/part-00001.csv", "".join(f"{line}\n" for line in lines))
    with pytest.raises(PredictionValueError, match=rf"line 5 of \S+/part-00001.csv .*,{label}'"):
        evaluated(run)


def test_a_line_break_in_an_id_columns_name_ends_no_header(run_of: Runs) -> None:
    run = run_of("binary")
    before = evaluated(run)["metric"]
    for name in run.files.names("data/truth"):
        head, body = run.text(f"data/truth/{name}").split("\n", 1)
        run.put(f"data/truth/{name}", head.replace("customer", '"customer\n""id"""') + "\n" + body)
    encoder = run.json("encoder.json")
    run.change("encoder.json", id_columns=['customer\n"id"'], columns=encoder["columns"])
    assert evaluated(run)["metric"] == before
    assert list(run.json("evaluation.json")["worst"][0]["ids"]) == ['customer\n"id"']


def test_a_metric_of_another_task_is_refused(run_of: Runs) -> None:
    run = run_of("regression")
    run.change("request.json", settings={"metric": "auc"})
    with pytest.raises(SettingsError, match='metric "auc" does not judge a regression'):
        evaluated(run)


def test_a_model_that_knows_nothing_is_warned_about(run_of: Runs) -> None:
    run = run_of("binary")
    noise = np.random.default_rng(0).random(len(run.truth))
    for name, rows in (("part-00000", slice(0, 113)), ("part-00001", slice(113, None))):
        run.put(f"predictions/{name}.csv.out", prediction_lines(noise[rows]))
    evaluated(run)
    codes = {item["code"] for item in run.json("evaluation.json")["warnings"]}
    assert codes & {"no_better_than_baseline", "baseline_within_interval"}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("rows", "few"), [(29, True), (30, False)])
def test_few_test_rows_are_said_in_the_first_sentence(
    run_of: Runs, task: str, rows: int, few: bool
) -> None:
    run = run_of(task)
    run.keep(rows)
    sentence = evaluated(run)["sentence"]
    said = f"on only {rows} rows that it never saw (95 % interval "
    assert (said in sentence) == few
    codes = {item["code"] for item in run.json("evaluation.json")["warnings"]}
    assert ("few_test_rows" in codes) == few
    assert (f"Only {rows} test rows: the value" in run.text("report.html")) == few


def test_one_test_row_says_that_it_is_too_few(run_of: Runs) -> None:
    run = run_of("multiclass")
    run.keep(1)
    interval = "on only 1 row that it never saw ("
    assert interval in evaluated(run)["sentence"]


def test_a_wide_interval_is_said_with_its_rows(run_of: Runs) -> None:
    run = run_of("binary")
    run.change("request.json", settings={"metric": "logloss"})
    run.keep(68)
    texts = " ".join(evaluated(run)["warnings"])
    assert re.search(
        r"Log loss: 95 % interval 0\.\d\d to 0\.\d\d on 68 test rows; more rows", texts
    )


def test_without_a_log_the_learning_curve_is_left_out_and_said_so(run_of: Runs) -> None:
    run = run_of("binary")
    run.logs = FakeLogs(None)
    evaluated(run)
    document = run.json("evaluation.json")
    assert document["learning_curve"] is None
    assert "ResourceNotFoundException" in document["notes"][0]
    assert "The learning curve is left out" in run.text("report.html")


def test_a_model_file_that_cannot_be_read_leaves_importance_out(run_of: Runs) -> None:
    run = run_of("binary")
    key = run.event["training"]["model_data"].removeprefix("s3://drops/")
    run.s3.objects[key] = packed({"xgboost-model": b"another format"})
    evaluated(run)
    document = run.json("evaluation.json")
    assert document["importance"] is None
    assert "Feature importance is left out" in document["notes"][0]


def test_worst_rows_are_those_of_the_file(run_of: Runs) -> None:
    run = run_of("regression")
    evaluated(run)
    worst = run.json("evaluation.json")["worst"]
    errors = np.sort(np.abs(run.predicted.astype(float) - run.truth))[::-1]
    assert [abs(row["error"]) for row in worst] == pytest.approx(errors[:10].tolist())
    truth = {}
    for name in run.files.names("data/truth"):
        rows = [line.split(",") for line in run.text(f"data/truth/{name}").splitlines()[1:]]
        features = run.text(f"data/test/{name}").splitlines()
        truth |= {int(r[0]): (float(r[1]), f) for r, f in zip(rows, features, strict=True)}
    for row in worst:
        label, line = truth[row["row"]]
        assert row["actual"] == label
        assert row["values"]["area_m2"] == float(line.split(",")[0])


def test_worst_rows_of_several_classes_are_those_of_the_least_probability(run_of: Runs) -> None:
    run = run_of("multiclass")
    evaluated(run)
    worst = run.json("evaluation.json")["worst"]
    given = [row["actual_probability"] for row in worst]
    assert given == sorted(given)
    assert all(row["probability"] > row["actual_probability"] for row in worst)
    assert [row["error"] for row in worst] == pytest.approx([-np.log(p) for p in given])
    assert "Probability of the actual class" in run.text("report.html")


def test_worst_rows_keep_the_columns_that_matter_most(
    run_of: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of("regression")
    holdout = read_holdout(run.files, 225, 0)
    scored = Scored("regression", holdout.truth, run.predicted.astype(float))
    monkeypatch.setattr("evaluate.rows.worst.COLUMNS", 3)
    encoder = run.json("encoder.json")
    importance = {"columns": [{"column": name} for name in ("garden", "no such", "rooms")]}
    rows = worst_rows(run.files, holdout, scored, encoder, importance)
    assert list(rows[0]["values"]) == ["garden", "rooms", "area_m2"]


def test_confusion_above_twenty_classes_counts_all_rows() -> None:
    truth = np.r_[np.repeat(np.arange(25.0), 10), np.full(100, 24.0)]
    chosen = np.r_[np.repeat(np.arange(25), 10), np.arange(100) % 25]
    scored = Scored("multiclass", truth, np.eye(25)[chosen], [f"c{i}" for i in range(25)])
    plots = plots_of(scored)
    assert plots["confusion_classes"][-1] == "c24"
    assert plots["confusion_rows"] == [10] * 19 + [110]
    assert plots["confusion"][-1][-1] == 14
    assert sum(map(sum, plots["confusion"])) + plots["confusion_outside"] == 350


@pytest.mark.parametrize(
    ("task", "name", "limit"),
    [("binary", "MAX_ROWS", 120), ("multiclass", "MAX_PROBABILITIES", 7 * 120)],
)
def test_above_the_limit_whole_parts_are_judged(
    run_of: Runs, monkeypatch: pytest.MonkeyPatch, task: str, name: str, limit: int
) -> None:
    run = run_of(task)
    monkeypatch.setattr(f"evaluate.rows.holdout.{name}", limit)
    evaluated(run)
    document = run.json("evaluation.json")
    assert document["rows"]["judged"] == 113
    assert document["rows"]["test"] == 225
    assert any(item["code"] == "part_of_the_test_rows" for item in document["warnings"])


@pytest.mark.parametrize(
    ("parts", "rows", "limit", "kept"),
    [
        (4, 400, 400, [0, 1, 2, 3]),
        (4, 400, 200, [0, 2]),
        (4, 400, 50, [0]),
        (10, 1_000, 300, [0, 3, 6]),
    ],
)
def test_parts_are_left_out_evenly(parts: int, rows: int, limit: int, kept: list[int]) -> None:
    assert spread([str(i) for i in range(parts)], rows, limit) == [str(i) for i in kept]


def test_rows_are_added_up_over_all_chunks(run_of: Runs) -> None:
    run = run_of("binary")
    more = {"index": 1, "train": 1, "validation": 2, "test": 0, "dropped": 4}
    run.put("chunks/encode-00001.json", json.dumps(more))
    counted = count_rows(run.files)
    assert counted == {"train": 1051, "validation": 227, "test": 225, "dropped": 4}

"""A model is judged by its own decision, and the champion by the one it was registered with."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sk

from evaluate.output.decided import told
from pipeline.errors import ArtefactError
from tests.unit.evaluate.made_documents import PREFIX, decision_of
from tests.unit.evaluate.made_run import MadeRun, decide, evaluated, judged, make_run
from tests.unit.evaluate.tables import Table, churn, plants

COSTS = {"false_alarm": 1, "miss": 8}
CHAMPIONS = "runs/churn-20261015-090000-77aa10fe/decision.json"


def rare(rows: int = 3_000) -> Table:
    """Customers of whom few leave, so that 0.5 finds none of them."""
    table = churn(rows)
    draw = np.random.default_rng(4)
    keeps = (np.asarray(table.labels) == 0) | (draw.random(rows) < 0.3)
    table.columns = {
        name: [value for value, kept in zip(values, keeps, strict=True) if kept]
        if isinstance(values, list)
        else values[keeps]
        for name, values in table.columns.items()
    }
    table.ids = {"customer": [f"C-{n}" for n in range(int(keeps.sum()))]}
    table.labels = np.asarray(table.labels)[keeps]
    table.rounds = 30
    return table


@pytest.fixture(scope="module")
def scarce() -> Table:
    return rare()


def test_f1_is_that_of_the_chosen_threshold(scarce: Table) -> None:
    run = make_run(scarce, {"metric": "f1"})
    plain = evaluated(run)["metrics"]["f1"]
    decision = decide(run)
    assert decision["chosen_for"] == "f1"
    assert decision["threshold"] < 0.5
    assert decision["validation"]["value"] > decision["validation"]["default_value"]
    payload = evaluated(run)
    chosen = run.predicted >= decision["threshold"]
    assert payload["metric"]["value"] == pytest.approx(sk.f1_score(run.truth, chosen))
    assert payload["metric"]["value"] > plain
    document = run.json("evaluation.json")
    assert document["plots"]["threshold"] == decision["threshold"]
    assert document["plots"]["confusion"] == sk.confusion_matrix(run.truth, chosen).tolist()
    assert payload["package"]["metadata"]["decision"] == f"{PREFIX}/decision.json"
    said = f"A row counts as 'yes' from a probability of {decision['threshold']:g}"
    assert str(payload["decision"]).startswith(said)
    assert said.replace("'", "&#39;") in run.text("report.html")
    assert "columns say nothing" not in run.text("report.html")


@pytest.mark.parametrize("metric", [None, "logloss", "average_precision"])
def test_ranks_and_losses_leave_the_threshold(scarce: Table, metric: str | None) -> None:
    run = make_run(scarce, {"metric": metric} if metric else {})
    decision = decide(run)
    assert (decision["threshold"], decision["chosen_for"]) == (0.5, "default")
    assert decision["metric"] == (metric or "auc")


def test_costs_are_a_metric_and_the_threshold(scarce: Table) -> None:
    run = make_run(scarce, {"costs": COSTS})
    decision = decide(run)
    assert decision["chosen_for"] == "cost"
    assert decision["threshold"] == pytest.approx(1 / 9, abs=0.03)
    payload = evaluated(run)
    chosen = run.predicted >= decision["threshold"]
    truth = np.asarray(run.truth)
    spent = 1_000 * ((chosen & (truth == 0)) + 8.0 * (~chosen & (truth == 1))).mean()
    assert payload["metric"] == {"name": "cost", "value": pytest.approx(spent), "goal": "min"}
    document = run.json("evaluation.json")
    always = 1_000 * min((truth == 0).mean(), 8 * truth.mean())
    assert document["baseline"]["value"] == pytest.approx(always)
    assert document["verdict"]["outcome"] == "approved"
    assert "Cost of 1,000 rows" in run.text("report.html")
    # They decide beside another metric, too.
    run = make_run(scarce, {"costs": COSTS, "metric": "auc"})
    assert decide(run)["threshold"] == decision["threshold"]
    assert evaluated(run)["metrics"]["cost"] == pytest.approx(spent)


def test_cost_without_costs_is_refused() -> None:
    run = make_run(churn(300), {"metric": "cost"})
    with pytest.raises(ArtefactError, match="costs are not set"):
        evaluated(run)


@pytest.mark.parametrize(
    "body", [None, "{}", "[", json.dumps(decision_of("binary", threshold=7)), json.dumps(1)]
)
def test_run_goes_on_without_a_decision(body: str | None) -> None:
    run = make_run(churn(600))
    del run.s3.objects[f"{PREFIX}/decision.json"]
    if body is not None:
        run.put("decision.json", body)
    payload = evaluated(run)
    assert payload["verdict"] == "approved"
    document = run.json("evaluation.json")
    assert document["decision"] is None
    assert document["plots"]["threshold"] == 0.5
    (warned,) = [one for one in document["warnings"] if one["code"] == "decision_missing"]
    assert "decision.json" in warned["message"]
    assert "decision" not in payload["package"]["metadata"]


def test_decision_of_another_task_is_left_out() -> None:
    run = make_run(churn(600))
    run.put("decision.json", json.dumps(decision_of("multiclass")))
    evaluated(run)
    assert run.json("evaluation.json")["decision"] is None


@pytest.mark.parametrize("table", [churn(1_200), plants(900)], ids=["two", "several"])
def test_probabilities_are_corrected_before_they_are_judged(table: Table) -> None:
    run = make_run(table)
    name = "logloss" if table.task == "binary" else "mlogloss"
    plain = evaluated(run)["metrics"]
    method = "platt" if table.task == "binary" else "temperature"
    flat = {"method": method, "slope": 0.1, "intercept": 0.0}
    run.put("decision.json", json.dumps(decision_of(table.task, calibration=flat)))
    found = evaluated(run)["metrics"]
    assert found[name] > plain[name]
    if table.task == "binary":
        # The order of rows is as it was.
        assert found["auc"] == plain["auc"]
    else:
        assert found["accuracy"] == plain["accuracy"]


def _with_champion(run: MadeRun, decision: dict[str, Any] | None, **more: Any) -> None:
    run.add_champion(run.predicted)
    run.event["champion"] |= more
    if decision is not None:
        run.s3.objects[CHAMPIONS] = json.dumps(decision).encode()
        run.event["champion"]["decision_key"] = CHAMPIONS


def test_champion_is_judged_by_its_own_decision(scarce: Table) -> None:
    run = make_run(scarce, {"metric": "f1"})
    ours = decide(run)["threshold"]
    _with_champion(run, decision_of("binary", threshold=0.15))
    payload, comparison = judged(run)
    own = sk.f1_score(run.truth, run.predicted >= 0.15)
    assert comparison["value"] == pytest.approx(own)
    assert payload["metric"]["value"] == pytest.approx(
        sk.f1_score(run.truth, run.predicted >= ours)
    )
    # One of an earlier version decides at 0.5.
    _with_champion(run, None)
    _, comparison = judged(run)
    assert comparison["value"] == pytest.approx(sk.f1_score(run.truth, run.predicted >= 0.5))


def test_champion_whose_classes_stand_the_other_way_round_decides_as_it_did(scarce: Table) -> None:
    run = make_run(scarce, {"metric": "f1"})
    flipped = 1 - run.predicted
    run.add_champion(flipped, classes=["yes", "no"], labels={"yes": 0, "no": 1})
    flat = {"method": "platt", "slope": 0.5, "intercept": -0.3}
    run.s3.objects[CHAMPIONS] = json.dumps(
        decision_of("binary", threshold=0.7, calibration=flat)
    ).encode()
    run.event["champion"]["decision_key"] = CHAMPIONS
    _, comparison = judged(run)
    odds = np.log(flipped / (1 - flipped))
    is_no = 1 / (1 + np.exp(-(0.5 * odds - 0.3))) >= 0.7
    assert comparison["value"] == pytest.approx(sk.f1_score(run.truth, ~is_no))


@pytest.mark.parametrize("body", [None, b"{}"])
def test_champion_whose_decision_is_lost_is_left_to_a_person(body: bytes | None) -> None:
    run = make_run(churn(900))
    _with_champion(run, None, decision_key=CHAMPIONS)
    if body is not None:
        run.s3.objects[CHAMPIONS] = body
    payload, comparison = judged(run)
    assert payload["verdict"] == "pending"
    assert comparison["obstacle"] == "failed"
    assert "decision.json" in comparison["reason"]


def test_equal_by_todays_metric_is_not_if_it_lost_by_the_champions() -> None:
    """The same decisions, and probabilities that say nothing any more of how sure they are."""
    run = make_run(churn(4_000), {"metric": "accuracy"})
    _with_champion(run, None, metric="logloss")
    worse = np.where(run.predicted >= 0.5, 0.501, 0.499)
    for name, rows in zip(run.files.names("predictions"), np.array_split(worse, 2), strict=True):
        run.put(f"predictions/{name}", "".join(f"{value}\n" for value in rows))
    payload, comparison = judged(run)
    assert comparison["finding"] == "undecided"
    assert payload["verdict"] == "pending"
    assert "Log loss, which the model in use was registered by" in payload["sentence"]
    assert any(w["code"] == "metric_changed" for w in run.json("evaluation.json")["warnings"])
    run.event["champion"]["metric"] = "accuracy"
    payload, comparison = judged(run)
    assert (comparison["finding"], payload["verdict"]) == ("equal", "approved")


def test_model_that_ranks_is_not_said_to_know_nothing(scarce: Table) -> None:
    """F1 from a threshold that finds nobody, of a model whose AUC is far from chance."""
    run = make_run(scarce, {"metric": "f1"})
    run.put("decision.json", json.dumps(decision_of("binary", threshold=0.999, chosen_for="f1")))
    evaluated(run)
    (warned,) = [
        one["message"]
        for one in run.json("evaluation.json")["warnings"]
        if one["code"] == "no_better_than_baseline"
    ]
    assert "say nothing" not in warned
    assert "does tell the classes apart (AUC 0." in warned


SAME_FILE = {"data_etag": "9b2cf535f27731c974343645a3985328"}


def _asked_anew(run: MadeRun, ours: dict[str, Any], theirs: dict[str, Any], metric: str) -> Any:
    """Judge the same predictions of the same file, the champion's by what it was asked for."""
    run.put("decision.json", json.dumps(decision_of("binary", **ours)))
    _with_champion(run, decision_of("binary", **theirs), metric=metric, **SAME_FILE)
    return judged(run)


def test_other_costs_of_the_same_file_wait_for_a_person(scarce: Table) -> None:
    """At these costs the test rows show neither of two thresholds to be better."""
    run = make_run(scarce, {"costs": COSTS})
    ours = {"threshold": 0.13, "costs": COSTS, "chosen_for": "cost"}
    payload, comparison = _asked_anew(run, ours, ours | {"threshold": 0.14}, "cost")
    assert comparison["finding"] in ("equal", "undecided")
    assert payload["verdict"] == "kept_champion"
    other = {"false_alarm": 1, "miss": 7}
    payload, comparison = _asked_anew(run, ours, ours | {"threshold": 0.14, "costs": other}, "cost")
    assert comparison["finding"] in ("equal", "undecided")
    assert payload["verdict"] == "pending"
    assert "metric or costs are others now" in payload["sentence"]
    # The file is another: that it is newer settles it as ever.
    run.event["champion"]["data_etag"] = "other"
    assert "metric or costs" not in judged(run)[0]["sentence"]
    # The owner asks for no more than before, or for the same decision.
    other = {"false_alarm": 2, "miss": 16}
    payload, _ = _asked_anew(run, ours, ours | {"costs": other}, "cost")
    assert payload["verdict"] == "kept_champion"


def test_another_metric_of_the_same_file_does_not_keep_the_old_threshold(scarce: Table) -> None:
    run = make_run(scarce, {"metric": "auc"})
    payload, comparison = _asked_anew(run, {}, {"threshold": 0.2, "metric": "f1"}, "f1")
    assert comparison["difference"]["value"] == 0
    assert payload["verdict"] == "pending"
    payload, _ = _asked_anew(run, {}, {"metric": "logloss"}, "logloss")
    assert payload["verdict"] == "kept_champion"


def test_costs_that_a_champion_without_a_decision_did_not_have(scarce: Table) -> None:
    run = make_run(scarce, {"costs": COSTS, "metric": "auc"})
    ours = decision_of("binary", threshold=0.11, costs=COSTS, chosen_for="cost")
    run.put("decision.json", json.dumps(ours))
    _with_champion(run, None, metric="auc", **SAME_FILE)
    payload, _ = judged(run)
    assert payload["verdict"] == "pending"


NOTES = {
    "there are no validation rows": "Probabilities are not corrected, and no rows chose the "
    "threshold: there are no validation rows.",
    "single boosters predicted the rows": "Probabilities are not corrected: single boosters "
    "predicted the rows.",
}
KNOWN = {"rows": 200, "positives": 40, "value": None, "default_value": None}


@pytest.mark.parametrize("note", NOTES)
def test_why_nothing_was_chosen_is_told(scarce: Table, note: str) -> None:
    run = make_run(scarce)
    known = KNOWN | {"loss": 0.4, "raw_loss": 0.4} if "single" in note else None
    run.put("decision.json", json.dumps(decision_of("binary", note=note, validation=known)))
    payload = evaluated(run)
    assert payload["decision"] == NOTES[note]
    assert NOTES[note] in run.text("report.html")
    run.put("decision.json", json.dumps(decision_of("binary", validation=known)))
    assert evaluated(run)["decision"] is None


def test_why_probabilities_of_several_classes_stand_is_told() -> None:
    decision: Any = decision_of("multiclass", note="of several boosters only one is recorded")
    text = told(decision, ["a", "b", "c"])
    assert text == "Probabilities are not corrected: of several boosters only one is recorded."

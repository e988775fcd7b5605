"""A scored file, the model in Python and the measure of a file go by one decision."""

import json
import random
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score

from dropforge.model.model import Model
from evaluate.steps.measure import measure_scored
from pipeline.documents.run_files import RunFiles
from pipeline.errors import ArtefactError
from pipeline.storage.bucket import Bucket
from scoring.decision import Decision
from tests.unit.evaluate.made_documents import decision_of
from tests.unit.join.scored_file import SCORED, Champion, score, trained

KEY = "runs/set-1/decision.json"
PLATT = {"method": "platt", "slope": 0.7, "intercept": -0.4}
HEAT = {"method": "temperature", "slope": 0.5, "intercept": 0.0}
draw = random.Random(5)
ROWS = [(draw.randint(18, 90), draw.choice(["gold", "free"]), draw.random()) for _ in range(400)]


def trained_with(decision: dict[str, Any] | None, classes: int) -> Champion:
    names = ["no", "yes", "may be"][:classes]
    lines = [
        f"{age},{plan},{names[int((age / 91 * 0.7 + noise * 0.3) ** 2 * classes)]}\n"
        for age, plan, noise in ROWS
    ]
    champion = trained(f"age,plan,left\n{''.join(lines)}".encode(), {"target": "left"})
    if decision is not None:
        champion.s3.objects[KEY] = json.dumps(decision).encode()
    return champion


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what is told of the champion beside the usual."""
    more: dict[str, Any] = {"decision_key": KEY}
    usual = Champion.facts
    told = property(lambda self: {**usual.fget(self), **more})  # type: ignore[attr-defined]
    monkeypatch.setattr(Champion, "facts", told)
    return more


@pytest.mark.parametrize(
    "decision",
    [
        decision_of("binary", threshold=0.2, chosen_for="f1"),
        decision_of("binary", threshold=0.3, calibration=PLATT),
        decision_of("multiclass", calibration=HEAT),
    ],
    ids=["threshold", "platt", "temperature"],
)
@pytest.mark.parametrize("engine", ["function", "batch"])
def test_all_three_ways_predict_the_same(
    decision: dict[str, Any], engine: str, facts: dict[str, Any]
) -> None:
    classes = 2 if decision["task"] == "binary" else 3
    champion = trained_with(decision, classes)
    data = "age,plan\n" + "".join(f"{age},{plan}\n" for age, plan, _ in ROWS)
    scored = score(
        champion, data.encode(), settings={"scoring": engine, "reasons": 2, "target": "left"}
    ).rows()
    model = Model(champion.ensemble, champion.encoder, None, Decision.of_document(decision))  # type: ignore[arg-type]
    given = [{"age": age, "plan": plan} for age, plan, _ in ROWS]
    answers = model.predict(given, reasons=2)
    for row, answer in zip(scored, answers, strict=True):
        assert row["prediction"] == answer["prediction"]
        assert [row["reason_1"], row["reason_2"]] == [answer["reason_1"], answer["reason_2"]]
        for name in ("probability", *(f"probability_{each}" for each in model.classes)):
            assert float(row[name]) == answer[name]
    if classes == 2:
        positive = [float(row["probability_yes"]) >= decision["threshold"] for row in scored]
        assert [row["prediction"] == "yes" for row in scored] == positive
        assert 0 < sum(positive) < len(positive)
        assert model.threshold == decision["threshold"]


def test_file_with_the_truth_is_measured_by_the_models_metric(facts: dict[str, Any]) -> None:
    decision = decision_of("binary", threshold=0.15, metric="f1")
    champion = trained_with(decision, 2)
    facts["metric"] = "f1"
    truth = [draw.choice(["no", "yes"]) for _ in ROWS]
    lines = [f"{age},{plan},{t}\n" for (age, plan, _), t in zip(ROWS, truth, strict=True)]
    scored = score(champion, f"age,plan,left\n{''.join(lines)}".encode()).rows()
    found = measure_scored(RunFiles(Bucket(champion.s3, "bucket"), f"runs/{SCORED}"))
    assert found is not None
    value = f1_score(np.array(truth) == "yes", [row["prediction"] == "yes" for row in scored])
    assert found["metric"] == {"name": "f1", "value": pytest.approx(value), "goal": "max"}
    # A package that does not say, or says what this version does not know.
    for name in ("gini", "rmse"):
        facts["metric"] = name
        score(champion, f"age,plan,left\n{''.join(lines)}".encode())
        found = measure_scored(RunFiles(Bucket(champion.s3, "bucket"), f"runs/{SCORED}"))
        assert found is not None
        assert found["metric"]["name"] == "auc"


def test_costs_of_the_model_are_those_of_the_measure(facts: dict[str, Any]) -> None:
    costs = {"false_alarm": 2.0, "miss": 7.0}
    champion = trained_with(decision_of("binary", costs=costs, metric="cost"), 2)
    facts["metric"] = "cost"
    lines = [f"{age},{plan},yes\n" for age, plan, _ in ROWS]
    scored = score(champion, f"age,plan,left\n{''.join(lines)}".encode()).rows()
    found = measure_scored(RunFiles(Bucket(champion.s3, "bucket"), f"runs/{SCORED}"))
    assert found is not None
    missed = np.mean([row["prediction"] == "no" for row in scored])
    assert found["metric"]["value"] == pytest.approx(7_000 * missed)


@pytest.mark.parametrize("body", [None, b"{}"])
def test_champion_whose_decision_is_lost_predicts_nothing(
    body: bytes | None, facts: dict[str, Any]
) -> None:
    champion = trained_with(None, 2)
    if body is not None:
        champion.s3.objects[KEY] = body
    with pytest.raises(ArtefactError, match=r"decision\.json"):
        score(champion, b"age,plan\n40,gold\n")

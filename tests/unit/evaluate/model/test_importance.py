"""How much each column of the file contributes."""

import pytest

from evaluate.model.importance import importance_of
from evaluate.model.trees import parse_model
from tests.unit.evaluate.model.boosters import BOOSTERS, trained


def test_one_hot_features_add_up_to_their_column() -> None:
    booster = trained(BOOSTERS["trees"])
    features = [{"name": f"plan={i}", "column": "plan"} for i in range(4)]
    features += [{"name": "age", "column": "age"}, {"name": "pay", "column": "pay"}]
    found = importance_of(parse_model(bytes(booster.save_raw("ubj"))), features)
    total = booster.get_score(importance_type="total_gain")
    shares = {row["column"]: row["share"] for row in found["columns"]}
    plan = sum(total[f"f{i}"] for i in range(4)) / sum(total.values())
    assert shares["plan"] == pytest.approx(plan, rel=1e-5)
    assert sum(shares.values()) == pytest.approx(1)
    assert found["of"] == 6

"""Real files go in as they are; the model is as good as a careful hand-made one, or better."""

import numpy as np
import pytest
import xgboost as xgb

from pipeline.vocabulary import ASKING
from tests.unit.prepare.baseline import baseline_losses, losses_of, trained
from tests.unit.prepare.datasets import DATASETS
from tests.unit.prepare.pipeline_run import prepare

SEEDS = (0, 1)
# What is said of files that are written in an odd way; on a public table each is a false alarm.
DOUBTS = {
    *ASKING,
    *("ambiguous_dates", "ambiguous_times", "missing_code", "read_as_category", "unread_values"),
    *("repeated_header", "under_header", "footer", "swallowed_lines", "header_delimiter"),
    *("bad_rows", "target_unread", "same_labels", "same_categories", "missing_as_class"),
    *("copies", "group_split", "time_order", "missing_as_written"),
}
# What these hold gives their target away: private insurance, of whether one is insured; and whether
# a weight is low.
GIVEN_AWAY = {"racd10": "private", "birth_weight": "low", "cattaneo": "lbweight"}
# Losses of one file over the seeds may be worse by this many standard errors of their
# difference; and a log loss by so much that no metric shows it.
_ERRORS = 2.0
_NOTHING = 0.002


def test_at_least_twenty_datasets() -> None:
    assert len(DATASETS) >= 20


# vega_datasets calls pandas in a way that it announces the end of.
@pytest.mark.filterwarnings("ignore:The 'convert_dates' keyword")
@pytest.mark.parametrize("name", DATASETS)
def test_dataset_as_it_is_matches_a_hand_made_baseline(name: str) -> None:
    load, target = DATASETS[name]
    data = load()
    differences = []
    for seed in SEEDS[: 1 if len(data) > 500_000 else 2]:
        prepared = prepare(data, {"target": target, "split": {"seed": seed}})
        away = [w["message"] for w in prepared.warnings if w["code"] == "target_given_away"]
        named = [message for message in away if f"'{GIVEN_AWAY.get(name)}'" in message]
        assert (len(away), away) == (int(name in GIVEN_AWAY), named)
        assert not prepared.codes & {*DOUBTS, "leakage"} - {"target_given_away"}
        truth = prepared.table("truth")
        labels = truth["label"].to_numpy(float)
        train, stop, test = (
            prepared.table(channel).to_numpy(float) for channel in ("train", "validation", "test")
        )
        task = prepared.fit["task"]
        model = trained(
            (train[:, 1:], train[:, 0]), (stop[:, 1:], stop[:, 0]), prepared.fit["hyperparameters"]
        )
        losses = losses_of(task, model.predict(xgb.DMatrix(test)), labels)
        classes = prepared.json("encoder.json")["target"]["classes"]
        baseline = baseline_losses(data, target, task, classes, truth["row"].to_numpy() - 1)
        differences.append(losses - baseline)
    difference = np.concatenate(differences)
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    allowed = _ERRORS * error + (_NOTHING if task != "regression" else 0)
    assert difference.mean() <= allowed

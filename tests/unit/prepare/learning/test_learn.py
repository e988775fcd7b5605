"""What a run learns of its categories: from the rows that train, each from rows of other folds."""

import time
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from prepare.learning.folds import folds_of
from prepare.learning.learn import Blocks, Learning, _limit
from table.encoding.target_means import FOLDS
from table.encoding.target_sums import Outputs, TargetSums
from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS, KEYS = 6000, 1400


def table(target: str = "number", *, noise: bool = False, rows: int = ROWS) -> pd.DataFrame:
    draw = np.random.default_rng(11)
    key = np.arange(rows) * 7919 % KEYS
    worth = draw.normal(50, 10, KEYS)
    label = np.round(draw.normal(50, 4, rows) + (0 if noise else 1) * (worth[key] - 50), 3)
    if target == "binary":
        label = np.where(label > 52, "yes", "no")
    if target == "multiclass":
        label = np.digitize(label, [40, 50, 60]).astype(str)
        label = np.array(["aa", "bb", "cc", "dd"])[label.astype(int)]
    return pd.DataFrame(
        {
            "row": np.arange(rows),
            "key": [f"Key {n}" for n in key],
            "x": draw.integers(0, 90, rows),
            "label": label,
        }
    )


def run(frame: pd.DataFrame, **how: Any) -> Prepared:
    # Rows of one key agree in the target, and would be kept together as those of a patient are.
    chosen = {"id_columns": ["row"], "split": {"by": "position"}, **how.pop("settings", {})}
    return prepare(frame.to_csv(index=False).encode(), chosen, **how)


@pytest.fixture(scope="module")
def made() -> Prepared:
    return run(table())


def names(prepared: Prepared) -> list[str]:
    return [feature["name"] for feature in prepared.json("encoder.json")["features"]]


def at(prepared: Prepared, name: str) -> int:
    return names(prepared).index(name)


def test_column_of_many_values_becomes_a_rank_and_a_mean(made: Prepared) -> None:
    assert names(made) == ["key#rank", "key#mean", "x"]
    encoder = made.json("encoder.json")
    assert encoder["version"] == 2
    found = encoder["tables"]["key"]
    assert len(found["keys"].split()) == len(found["means"][0].split()) > 1000


def test_rows_that_train_have_means_of_other_folds(made: Prepared) -> None:
    frame = table()
    # A row is told by x and label.
    by_row = frame.set_index(["x", "label"])["row"]
    train = made.table("train")
    keyed = train.merge(
        by_row[~by_row.index.duplicated(keep=False)], left_on=[3, 0], right_index=True
    )
    assert len(keyed) > 0.9 * len(train)
    rows = keyed["row"].to_numpy()
    assert not set(rows) & set(made.table("truth")["row"] - 1)
    split: Any = {"fractions": {"seed": made.json("fit.json")["fractions"]["seed"]}}
    chunk: Any = {"first_row": 1}
    fold = folds_of(pl.Series(rows, dtype=pl.UInt32), chunk, split).to_numpy()
    own = frame.loc[rows].assign(fold=fold, mean=keyed[2].to_numpy())
    sums = own.groupby("key")["label"].agg(["sum", "count"])
    in_fold = own.groupby(["key", "fold"])["label"].agg(["sum", "count"])
    own = own.join(sums, on="key").join(in_fold, on=["key", "fold"], suffixes=("", "_own"))
    left = own["count"] - own["count_own"]
    elsewhere = (own["sum"] - own["sum_own"]) / left.where(left > 0)
    near = (own["mean"] - elsewhere).abs().median()
    far = (own["mean"] - own["sum"] / own["count"]).abs().median()
    # As they are but for rounding and the mean of all, and without the row's own fold.
    assert near < 0.8
    assert far > 1


def test_targets_of_rows_that_do_not_train_change_nothing_of_what_is_learned(
    made: Prepared,
) -> None:
    frame = table()
    changed = frame.copy()
    train = {(x, label) for label, x in made.table("train")[[0, 3]].itertuples(index=False)}
    pairs = zip(frame["x"], frame["label"], strict=True)
    others = np.array([n for n, pair in enumerate(pairs) if pair not in train])
    assert len(others) > 0.28 * ROWS
    # A regression is divided by position alone, so the same rows train.
    changed.loc[others, "label"] = np.where(others % 2, 0.5, 99.5)
    other = run(changed)
    assert (other.table("truth")["row"] == made.table("truth")["row"]).all()
    assert other.json("encoder.json")["tables"] == made.json("encoder.json")["tables"]
    assert other.json("folds.json") == made.json("folds.json")


def test_noise_is_not_learned_from() -> None:
    noise = run(table(noise=True))
    assert names(noise) == ["x", "x is missing"]
    assert "key" in [d["column"] for d in noise.json("encoder.json")["dropped"]]


@pytest.mark.parametrize("target", ["number", "binary", "multiclass"])
def test_chunks_change_nothing_of_what_is_learned(target: str) -> None:
    frame = table(target)
    whole = run(frame)
    for chunk_bytes in (29_989, 7_001):
        cut = run(frame, chunk_bytes=chunk_bytes)
        for name in ("encoder.json", "folds.json", "profile.json"):
            assert cut.json(name) == whole.json(name)
        for channel in ("train", "validation", "test"):
            assert b"".join(cut.files(channel).values()) == b"".join(whole.files(channel).values())


def test_sums_of_few_chunks_wait_to_be_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, most = 0, 0
    make, add = Learning.of_chunk, TargetSums.plus

    def made(*given: Any) -> Any:
        nonlocal waiting, most
        found = make(*given)
        waiting += 1
        most = max(most, waiting)
        return found

    def added(*given: Any) -> Any:
        nonlocal waiting
        time.sleep(0.02)
        waiting -= 1
        return add(*given)

    monkeypatch.setattr(Learning, "of_chunk", made)
    monkeypatch.setattr(TargetSums, "plus", added)
    run(table(), chunk_bytes=7_001)
    # The first is added to nothing, and stays.
    assert 2 <= most <= 3


@pytest.mark.parametrize("code", ["999999999999", "-99999", "1e20"])
def test_code_among_the_targets_hides_nothing_of_what_is_learned(code: str, made: Prepared) -> None:
    frame = table()
    frame["label"] = frame["label"].astype(str)
    train = made.table("train").iloc[7]
    at_row = frame[(frame["x"] == train[3]) & (frame["label"].astype(float) == train[0])].index
    frame.loc[at_row, "label"] = code
    found = run(frame, settings={"task": "regression"})
    assert names(found) == names(made)
    own, clean = (p.json("encoder.json")["tables"]["key"] for p in (found, made))
    assert own["prior"] == pytest.approx(clean["prior"], abs=0.1)


def test_classes_have_a_mean_each_and_two_have_one() -> None:
    assert names(run(table("binary"))) == ["key#rank", "key#mean", "x"]
    several = names(run(table("multiclass")))
    assert several[0] == "key#rank"
    assert {f"key#mean {name}" for name in ("aa", "dd")} <= set(several)


@pytest.mark.parametrize(
    "split", [{"group_column": "second"}, {"by": "content"}, {"time_column": "x"}]
)
def test_every_way_to_divide_rows_can_be_learned_from(split: dict[str, str]) -> None:
    frame = table()
    frame["second"] = [f"S{n % 1300}" for n in frame["row"] * 31]
    # Copies, which are of one split where rows are divided by their content.
    frame = pd.concat([frame, frame.head(1500).assign(row=range(ROWS, ROWS + 1500))])
    found = run(frame, settings={"split": split})
    assert {"key", "second"} >= {name.split("#")[0] for name in names(found) if "#" in name}
    # All rows that train, and no others.
    mean = found.table("train")[0].mean()
    for learned in found.json("encoder.json")["tables"].values():
        assert learned["prior"] == pytest.approx([mean], abs=1e-5)


def test_column_that_says_nothing_is_told_of_and_one_that_is_alone_stays() -> None:
    frame = table(noise=True)
    assert names(run(frame)) == ["x", "x is missing"]
    (said,) = [w for w in run(frame).warnings if w["code"] == "dropped_chance"]
    assert said["message"] == (
        "Column 'key' not used: its values say no more of the target than chance would. "
        'To train on it, list it in "keep_columns".'
    )
    assert names(run(frame[["row", "key", "label"]])) == ["key#rank", "key is missing"]


def test_column_that_is_kept_stays_even_if_it_says_nothing() -> None:
    kept = run(table(noise=True), settings={"keep_columns": ["key "]})
    assert names(kept) == ["key#rank", "x"]
    assert "dropped_chance" not in [w["code"] for w in kept.warnings]


def test_column_of_some_values_keeps_its_rank_and_gets_a_mean() -> None:
    frame = table()
    frame["key"] = [f"Key {n % 40}" for n in range(ROWS)]
    frame["label"] = [n % 40 + n % 7 for n in range(ROWS)]
    assert names(run(frame)) == ["key", "key#mean", "x"]
    frame["label"] = np.random.default_rng(2).normal(size=ROWS).round(4)
    assert names(run(frame)) == ["key", "x"]


def test_copies_and_groups_are_of_one_fold() -> None:
    chunk: Any = {"first_row": 1}
    split: Any = {"fractions": {"seed": 0}}
    groups = pl.Series([5, 6, 5, 5, 6, 7], dtype=pl.UInt64)
    found = folds_of(pl.Series(range(6), dtype=pl.UInt32), chunk, split, groups).to_list()
    assert found[0] == found[2] == found[3]
    assert found[1] == found[4]


def test_folds_are_even_and_go_by_the_number_in_the_file() -> None:
    split: Any = {"fractions": {"seed": 3}}
    rows = pl.Series(range(50_000), dtype=pl.UInt32)
    first, later = ({"first_row": n} for n in (1, 101))
    whole = folds_of(rows, first, split)  # type: ignore[arg-type]
    assert whole.value_counts()["count"].min() > 9_500  # type: ignore[operator]
    assert folds_of(rows.head(50), later, split).equals(whole.slice(100, 50))  # type: ignore[arg-type]


def test_of_a_large_file_every_so_many_rows_are_learned_from_however_it_is_cut() -> None:
    blocks = Blocks.of(1000, 10 << 30, 1, most=4 << 30)
    assert (blocks.rows, blocks.every) == (6, 3)
    rows = pl.Series(range(1, 1001), dtype=pl.UInt64)
    kept = set(rows.filter(blocks.have(rows)))
    assert 300 < len(kept) < 370
    for size in (1, 5, 6, 17, 400):
        for first in range(1, 1001, size):
            here = set(range(first, first + size)) & kept
            assert blocks.any_in(first, first + size) or not here
    assert not blocks.any_in(6, 18)
    assert blocks.any_in(6, None)
    assert Blocks.of(1000, 1000, 1).every == 1


def test_of_a_file_of_many_cells_fewer_rows_are_learned_from_however_it_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # 465 million cells take 600 s and more, of the 900 s that Fit has.
    assert Blocks.of(18_000_000, 4 << 30, 26).every == 4
    assert Blocks.of(18_000_000, 4 << 30, 1).every == 1
    frame = table()
    frame["second"] = [f"S{n % 1300}" for n in frame["row"] * 31]
    whole = run(frame)
    monkeypatch.setattr("prepare.learning.learn._BLOCK_BYTES", 2_000)
    assert run(frame).json("folds.json") == whole.json("folds.json")
    monkeypatch.setattr("prepare.learning.learn.LEARNED_CELLS", ROWS)
    half = run(frame).json("folds.json")
    pairs = [
        len(found["columns"]["key"]["pairs"].split()) for found in (half, whole.json("folds.json"))
    ]
    assert 0.4 * pairs[1] < pairs[0] < 0.8 * pairs[1]
    assert run(frame, chunk_bytes=7_001).json("folds.json") == half


@pytest.mark.parametrize("columns", [1, 4, 64])
@pytest.mark.parametrize("classes", [None, (0, 1, 2, 3, 4, 5)])
def test_folds_stay_within_their_limit(columns: int, classes: tuple[int, ...] | None) -> None:
    outputs = Outputs(classes)
    limit = _limit(columns, outputs)
    assert limit >= 1024
    assert columns * limit * FOLDS * 20 * (1 + outputs.count) <= 640 << 20

import csv
import io

import pytest

from seed.sample import BASE_COLUMNS, TARGET, SampleSize, sample_csv


def test_sample_of_the_same_seed_has_the_same_bytes() -> None:
    assert sample_csv(SampleSize(rows=200, seed=7)) == sample_csv(SampleSize(rows=200, seed=7))
    assert sample_csv(SampleSize(rows=200, seed=7)) != sample_csv(SampleSize(rows=200, seed=8))


def test_sample_has_the_rows_and_features_asked_for() -> None:
    rows = list(csv.DictReader(io.StringIO(sample_csv(SampleSize(rows=300, features=2)).decode())))
    assert len(rows) == 300
    assert list(rows[0]) == [*BASE_COLUMNS, "signal_1", "signal_2", TARGET]
    assert {row[TARGET] for row in rows} == {"yes", "no"}
    assert any(row["signal_1"] == "" for row in rows)
    assert len({row["customer"] for row in rows}) == 300


@pytest.mark.parametrize(
    "wanted", [{"rows": 49}, {"rows": 1_000_001}, {"features": 501}, {"noise": -1}]
)
def test_sample_of_an_impossible_size_is_refused_with_its_limits(wanted: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        SampleSize(**wanted)

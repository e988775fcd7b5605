"""Categories that a table of the encoder knows: predictions, reasons and new values in Python."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dropforge.model.model import Model, RowsWarning
from tests.unit.model.made import Made

ROWS = 4000


def table() -> pd.DataFrame:
    draw = np.random.default_rng(4)
    shop = np.arange(ROWS) * 7919 % 1100
    worth = draw.normal(0, 20, 1100)
    price = np.round(100 + worth[shop] + draw.normal(0, 5, ROWS), 2)
    place = [["Aachen", "Bonn", "Köln"][n % 3] + f" {n % 40}" for n in range(ROWS)]
    return pd.DataFrame(
        {
            "shop": [f"Shop {n}" for n in shop],
            "place": place,
            "x": draw.random(ROWS),
            "price": price,
        }
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder: Path = tmp_path_factory.mktemp("tables")
    data = table().to_csv(index=False).encode()
    return Made(folder, data, {"target": "price", "split": {"by": "position"}})


@pytest.fixture(scope="module")
def model(made: Made) -> Model:
    return made.load()


def test_the_file_has_a_rank_and_a_mean(made: Made) -> None:
    kinds = [feature["encoding"] for feature in made.encoder["features"]]
    assert kinds == ["value_rank", "target_mean", "frequency_rank", "numeric"]


# Some shops stand only in rows that test.
@pytest.mark.filterwarnings("ignore::dropforge.model.model.RowsWarning")
def test_rows_of_every_kind_have_the_predictions_of_the_container(made: Made, model: Model) -> None:
    answers = dict(made.container())
    rows = table().drop(columns="price").iloc[list(answers)]
    wanted = [float(line) for line in answers.values()]
    assert len(wanted) > 500
    assert model.predict(rows)["prediction"].to_list() == wanted
    some = rows.head(5).to_dict("records")
    assert [one["prediction"] for one in model.predict(some)] == wanted[:5]
    assert model.predict(some[0])["prediction"] == wanted[0]
    rows.to_csv(made.folder / "new.csv", index=False)
    assert model.predict(made.folder / "new.csv")["prediction"].to_list() == wanted


def of(*shops: str | None) -> list[dict[str, object]]:
    return [{"shop": shop, "place": "Bonn 1", "x": 0.5} for shop in shops]


def test_case_and_blanks_of_a_value_do_not_count(model: Model) -> None:
    one, other, third = model.encode(of("Shop 7", " SHOP 7", "Shop 8")).rows()
    assert one == other != third


def test_new_value_is_warned_of_and_a_known_or_missing_one_is_not(made: Made, model: Model) -> None:
    with pytest.warns(RowsWarning, match="column 'shop': 2 values not seen in training"):
        model.predict(of("Shop 9000", "Shop 1", "Shop 9001"))
    (rank, mean, *_) = model.encode(of("Shop 9000")).row(0)
    found = made.encoder["tables"]["shop"]
    assert (rank, mean) == (len(found["keys"].split()), found["prior"][0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(of("Shop 1", None))


@pytest.mark.filterwarnings("ignore::dropforge.model.model.RowsWarning")
def test_column_of_two_features_has_one_reason(model: Model) -> None:
    rows = table().drop(columns="price").head(20)
    told = model.predict(rows, reasons=3)[["reason_1", "reason_2", "reason_3"]]
    for reasons in told.to_numpy():
        assert sorted(reason.split(" ")[0] for reason in reasons) == ["place", "shop", "x"]

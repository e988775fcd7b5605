"""An objective or a number of classes that is not the task's is refused before training."""

from typing import Any

import pytest

from pipeline.errors import SettingsError
from tests.unit.prepare.pipeline_run import Prepared, prepare


def of(values: list[str], settings: dict[str, Any]) -> Prepared:
    lines = ["x,z,y", *(f"{n % 7},{n % 11},{values[n % len(values)]}" for n in range(240))]
    return prepare("\n".join(lines).encode(), {"target": "y", **settings})


@pytest.mark.parametrize(
    ("values", "chosen", "says"),
    [
        (["1", "2"], {"objective": "reg:squarederror"}, "task binary, whose objectives are"),
        (["1", "2"], {"objective": "binary:logitraw"}, "objective binary:logitraw"),
        (["1.5", "2", "3"], {"objective": "binary:logistic"}, "task regression"),
        (["a", "b", "c"], {"objective": "multi:softmax"}, "are multi:softprob; choose"),
        (["a", "b", "c"], {"num_class": 4}, "num_class 4, but the target has 3 classes"),
        (["a", "b"], {"num_class": 2}, "num_class 2, but the target makes the task binary"),
    ],
)
def test_hyperparameter_against_the_task_is_refused(
    values: list[str], chosen: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        of(values, {"hyperparameters": chosen})
    assert says in str(caught.value)


def test_hyperparameter_of_the_task_is_sent() -> None:
    found = of(["a", "b", "c"], {"hyperparameters": {"num_class": 3}}).fit["hyperparameters"]
    assert (found["num_class"], found["objective"]) == ("3", "multi:softprob")
    poisson = {"hyperparameters": {"objective": "count:poisson"}, "task": "regression"}
    assert of(["1", "2", "9"], poisson).fit["hyperparameters"]["objective"] == "count:poisson"

"""What a careful data scientist writes by hand with pandas and XGBoost."""

import io
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

Array = Any
_ROUNDS, _PATIENCE = 500, 20


def losses_of(task: str, predictions: Array, labels: Array) -> Array:
    """Return each row's loss: squared error, or minus the log probability of its class."""
    if task == "regression":
        return (predictions - labels) ** 2
    if task == "binary":
        predictions = np.column_stack([1 - predictions, predictions])
    chosen = predictions[np.arange(len(labels)), labels.astype(int)]
    return -np.log(np.clip(chosen, 1e-7, 1))


def trained(
    train: tuple[Array, Array], stop: tuple[Array, Array], parameters: dict[str, Any]
) -> xgb.Booster:
    """Train as the SageMaker container does: num_round, early stopping on validation."""
    parameters = dict(parameters)
    rounds = int(parameters.pop("num_round"))
    patience = int(parameters.pop("early_stopping_rounds"))
    stopping = xgb.callback.EarlyStopping(rounds=patience, data_name="validation", save_best=True)
    stop_matrix = xgb.DMatrix(stop[0], stop[1])
    return xgb.train(
        parameters | {"nthread": 1},
        xgb.DMatrix(train[0], train[1]),
        num_boost_round=rounds,
        evals=[(stop_matrix, "validation")],
        callbacks=[stopping],
        verbose_eval=False,
    )


def baseline_losses(data: bytes, target: str, task: str, classes: Any, tested: Array) -> Array:
    """Return the losses on the test rows.

    Parameters
    ----------
    tested : numbers of the test rows among all rows, from 0.
    """
    frame = pd.read_csv(io.BytesIO(data))
    features = _features(frame.drop(columns=target))
    labels = frame[target]
    if classes is not None:
        labels = labels.astype(str).map({name: n for n, name in enumerate(classes)})
        if labels.isna().all():
            numbers = frame[target].astype(float)
            labels = numbers.map({float(name): n for n, name in enumerate(classes)})
    else:
        labels = labels.astype(float)
    rest = np.setdiff1d(np.flatnonzero(labels.notna()), tested)
    shuffled = np.random.default_rng(0).permutation(rest)
    cut = round(len(rest) * 0.15 / 0.85)
    stop, train = shuffled[:cut], shuffled[cut:]
    x, y = features.to_numpy(dtype=float), labels.to_numpy(dtype=float)
    objective = {
        "regression": {"objective": "reg:squarederror"},
        "binary": {"objective": "binary:logistic"},
        "multiclass": {"objective": "multi:softprob", "num_class": len(classes or [])},
    }[task]
    chosen = {"eta": 0.1, "max_depth": 6, "num_round": _ROUNDS, "early_stopping_rounds": _PATIENCE}
    model = trained((x[train], y[train]), (x[stop], y[stop]), objective | chosen)
    return losses_of(task, model.predict(xgb.DMatrix(x[tested])), y[tested])


def _features(frame: pd.DataFrame) -> pd.DataFrame:
    """One-hot small categories, code large ones, read dates, leave keys out."""
    kept = {}
    for name, column in frame.items():
        if str(name).lower() == "id":
            continue
        if pd.api.types.is_numeric_dtype(column):
            kept[name] = column.astype(float)
            continue
        if column.nunique() > 0.95 * len(column):
            read = pd.to_datetime(column, errors="coerce", format="ISO8601")
            if read.isna().mean() > 0.05:
                continue
            column = read
        elif str(name).lower() in ("date", "year"):
            column = pd.to_datetime(column, errors="coerce", format="ISO8601")
        if pd.api.types.is_datetime64_any_dtype(column):
            kept[f"{name}_days"] = (column - pd.Timestamp(0)).dt.days
            for part in ("year", "month", "day_of_week", "hour"):
                kept[f"{name}_{part}"] = getattr(column.dt, part)
        elif column.nunique() <= 20:
            kept |= {f"{name}={v}": (column == v).astype(float) for v in column.dropna().unique()}
        else:
            kept[name] = pd.Series(pd.factorize(column)[0], column.index).replace(-1, np.nan)
    return pd.DataFrame(kept)

"""Rivals with their defaults, on the user's columns and all rows but the test rows.

They need no validation rows, so they get ours to learn from, too. Their packages are no
requirements of this project: what cannot be imported is left out and said.
"""

import importlib.util
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.models.parts import Parts

Array = Any
_DATES = 0.9
"""Share of a text column's values that must be ISO dates for it to be one."""
AUTOGLUON = "BENCH_AUTOGLUON"
"""The variable that names a Python with autogluon.tabular, in an environment of its own."""


def xgboost_defaults(parts: Parts) -> Array:
    """Train XGBoost with nothing set but the objective."""
    import xgboost

    train, labels, test = _frames(parts)
    kind = xgboost.XGBRegressor if parts.task == "regression" else xgboost.XGBClassifier
    model = kind(enable_categorical=True, n_jobs=1, random_state=parts.seed)
    return _answer(model.fit(train, labels), test, parts)


def lightgbm_defaults(parts: Parts) -> Array:
    """Train LightGBM with nothing set."""
    import lightgbm

    train, labels, test = _frames(parts)
    # It takes no JSON signs in names of features.
    train.columns = test.columns = [f"c{number}" for number in range(train.shape[1])]
    kind = lightgbm.LGBMRegressor if parts.task == "regression" else lightgbm.LGBMClassifier
    model = kind(n_jobs=1, random_state=parts.seed, verbose=-1)
    return _answer(model.fit(train, labels), test, parts)


def catboost_defaults(parts: Parts) -> Array:
    """Train CatBoost with nothing set but which columns are categories."""
    import catboost

    train, labels, test = _frames(parts)
    texts = [name for name in train if isinstance(train[name].dtype, pd.CategoricalDtype)]
    for frame in (train, test):
        for name in texts:
            frame[name] = frame[name].astype(str).fillna("missing")
    kind = catboost.CatBoostRegressor if parts.task == "regression" else catboost.CatBoostClassifier
    model = kind(
        thread_count=1, random_seed=parts.seed, verbose=0, allow_writing_files=False,
        cat_features=texts,
    )  # fmt: skip
    return _answer(model.fit(train, labels), test, parts)


def autogluon_medium(parts: Parts) -> Array:
    """Train AutoGluon's preset medium_quality in its own environment."""
    train, labels, test = parts.raw
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        train.assign(bench_label=labels).to_csv(Path(folder, "train.csv"), index=False)
        test.to_csv(Path(folder, "test.csv"), index=False)
        script = Path(__file__).with_name("autogluon_rival.py")
        answer = subprocess.run(
            [os.environ[AUTOGLUON], str(script), folder, parts.task],
            check=False, capture_output=True, text=True, timeout=1800,
            env={name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"},
        )  # fmt: skip
        if answer.returncode:
            raise RuntimeError(answer.stderr[-500:])
        return np.array(json.loads(Path(folder, "predictions.json").read_text("utf-8")))


def _answer(model: Any, test: pd.DataFrame, parts: Parts) -> Array:
    if parts.task == "regression":
        return model.predict(test)
    found = model.predict_proba(test)
    return found[:, 1] if parts.task == "binary" else found


def _frames(parts: Parts) -> tuple[pd.DataFrame, Array, pd.DataFrame]:
    """Return tables whose dates are numbers and whose texts are categories."""
    train, labels, test = parts.raw
    both = pd.concat([train, test])
    for name in both:
        column = both[name]
        if pd.api.types.is_numeric_dtype(column):
            both[name] = column.astype(float)
            continue
        read = pd.to_datetime(column, errors="coerce", format="ISO8601", utc=True)
        if read.notna().mean() >= _DATES:
            both[name] = (read - pd.Timestamp(0, tz="UTC")).dt.total_seconds() / 86_400
            for part in ("month", "dayofweek", "hour"):
                both[f"{name} {part}"] = getattr(read.dt, part)
        else:
            both[name] = column.astype("category")
    return both.iloc[: len(train)].copy(), labels, both.iloc[len(train) :].copy()


RIVALS: dict[str, Callable[[Parts], Array]] = {
    "xgboost": xgboost_defaults,
    "lightgbm": lightgbm_defaults,
    "catboost": catboost_defaults,
    "autogluon": autogluon_medium,
}
_NEEDS = {
    "lightgbm": "pip install lightgbm",
    "catboost": "pip install catboost",
    "autogluon": f"an environment with `pip install 'autogluon.tabular[all]'`, and its Python in "
    f"{AUTOGLUON}",
}


def missing(name: str) -> str | None:
    """Say what must be done before a rival can run; None if it can."""
    if name == "autogluon":
        return None if os.environ.get(AUTOGLUON) else _NEEDS[name]
    return None if importlib.util.find_spec(name) else _NEEDS[name]

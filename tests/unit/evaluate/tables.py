"""Realistic files to drop, one a task, made from a fixed seed."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Table:
    """A dropped file: columns of numbers or of texts, and the target."""

    task: str
    columns: dict[str, Any]
    target: str
    labels: Any
    classes: list[str] | None = None
    ids: dict[str, list[str]] = field(default_factory=dict)
    rounds: int = 60


def churn(rows: int = 4_000) -> Table:
    """Customers who leave or stay: a binary task."""
    draw = np.random.default_rng(11)
    months = draw.integers(1, 73, rows).astype(float)
    charge = np.round(draw.gamma(6, 12, rows), 2)
    calls = draw.poisson(1.4, rows).astype(float)
    usage = np.round(draw.lognormal(3, 0.6, rows), 1)
    contract = draw.choice(["month to month", "one year", "two years"], rows, p=[0.55, 0.25, 0.2])
    plan = draw.choice(["basic", "silver", "gold", "family"], rows, p=[0.4, 0.3, 0.2, 0.1])
    payment = draw.choice(["card", "transfer", "direct debit", "invoice"], rows)
    odds = (
        -1.1
        - 0.035 * months
        + 0.018 * charge
        + 0.45 * calls
        + np.where(contract == "month to month", 0.9, -0.8)
        + np.where(payment == "invoice", 0.4, 0)
        - 0.3 * (plan == "gold")
    )
    leaves = (draw.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    usage[draw.random(rows) < 0.06] = np.nan
    columns: dict[str, Any] = {
        "months_as_customer": months,
        "monthly_charge": charge,
        "support_calls": calls,
        "data_used_gb": usage,
        "contract": contract.tolist(),
        "plan": plan.tolist(),
        "payment": payment.tolist(),
    }
    ids = {"customer": [f"C-{10_000 + i}" for i in range(rows)]}
    return Table("binary", columns, "churned", leaves, ["no", "yes"], ids)


def houses(rows: int = 6_000) -> Table:
    """Asking prices: a regression."""
    draw = np.random.default_rng(5)
    area = np.round(draw.gamma(8, 15, rows), 0)
    built = draw.integers(1905, 2025, rows).astype(float)
    distance = np.round(draw.exponential(7, rows), 1)
    rooms = np.clip(np.round(area / 28 + draw.normal(0, 0.7, rows)), 1, 9)
    district = draw.choice(["Altstadt", "Nordend", "Riverside", "Hills", "Harbour"], rows)
    factor = {"Altstadt": 1.35, "Nordend": 1.1, "Riverside": 1.2, "Hills": 1.5, "Harbour": 0.9}
    price = (
        2_900 * area * np.vectorize(factor.get)(district) * np.exp(-0.02 * distance)
        + 900 * (built - 1905)
    ) * np.exp(draw.normal(0, 0.16, rows))
    columns: dict[str, Any] = {
        "area_m2": area,
        "rooms": rooms,
        "year_built": built,
        "km_to_centre": distance,
        "district": district.tolist(),
        "garden": draw.choice(["yes", "no"], rows).tolist(),
    }
    return Table("regression", columns, "price_eur", np.round(price, -2), rounds=80)


def plants(rows: int = 3_000) -> Table:
    """Seven kinds of beans from their outline: a multiclass task."""
    draw = np.random.default_rng(3)
    names = ["Barbunya", "Bombay", "Cali", "Dermason", "Horoz", "Seker", "Sira"]
    labels = draw.choice(7, rows, p=[0.1, 0.04, 0.12, 0.26, 0.14, 0.15, 0.19])
    centres = draw.normal(0, 1.25, (7, 6))
    values = centres[labels] + draw.normal(0, 1, (rows, 6))
    columns: dict[str, Any] = {
        name: np.round(values[:, i] * 12 + 80, 2)
        for i, name in enumerate(
            ["area", "perimeter", "major_axis", "minor_axis", "roundness", "compactness"]
        )
    }
    columns["field"] = draw.choice(["north", "south", "terrace"], rows).tolist()
    return Table("multiclass", columns, "variety", labels, names, rounds=40)

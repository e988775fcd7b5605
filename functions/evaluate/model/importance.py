"""What the model's trees split on, by feature and by column of the file."""

from collections import defaultdict
from typing import Any

from evaluate.model.trees import Model

_SHOWN = 50


def importance_of(model: Model, features: list[dict[str, Any]]) -> dict[str, Any]:
    """Name the model's features and share out its gain.

    Parameters
    ----------
    features : the encoder's, in the order of the model's.

    Returns
    -------
    ``features`` and ``columns``, largest share first. ``gain`` is the mean
    improvement of the loss by a split on the feature, as xgboost's get_score
    gives it; ``share`` is of the gain of all splits, so that the one-hot
    features of a column add up to the column's.
    """
    weight = {f: gain * model.splits.get(f, 1) for f, gain in model.gain.items()}
    total = sum(weight.values()) or 1.0
    columns: dict[str, float] = defaultdict(float)
    rows = []
    for index, part in sorted(weight.items(), key=lambda item: -item[1]):
        feature = features[index] if index < len(features) else {"name": f"f{index}"}
        columns[feature.get("column", feature["name"])] += part / total
        rows.append(
            {
                "feature": feature["name"],
                "gain": model.gain[index],
                "splits": model.splits.get(index, 0),
                "share": part / total,
            }
        )
    by_share = sorted(columns.items(), key=lambda item: -item[1])
    return {
        "columns": [{"column": name, "share": share} for name, share in by_share[:_SHOWN]],
        "features": rows[:_SHOWN],
        "used": sum(part > 0 for part in weight.values()),
        "of": len(features),
    }

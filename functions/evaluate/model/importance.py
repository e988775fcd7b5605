"""What the model's trees split on, by feature and by column of the file."""

from collections import defaultdict

from evaluate.model.trees import Model
from pipeline.documents.encoder import Feature
from pipeline.documents.model_part import FeatureShare, Importance

_SHOWN = 50


def importance_of(model: Model, features: list[Feature]) -> Importance:
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
    rows: list[FeatureShare] = []
    for index, part in sorted(weight.items(), key=lambda item: -item[1]):
        name = features[index]["name"] if index < len(features) else f"f{index}"
        columns[features[index]["column"] if index < len(features) else name] += part / total
        rows.append(
            {
                "feature": name,
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

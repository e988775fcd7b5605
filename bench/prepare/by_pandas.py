"""What one writes by hand for this one file with pandas: profile, encode, split, write."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

TEXTS = ["active", "plan", "city", "since", "comment", "device", "churned"]


def main(source: Path, out: Path) -> None:
    """Do the passes that Prepare does, on the whole file at once."""
    frame = pd.read_csv(source)
    frame.isna().sum()
    frame.describe()
    frame.nunique()
    counts = {name: frame[name].value_counts() for name in TEXTS}
    since = pd.to_datetime(frame["since"], format="%Y-%m-%d")
    ranks = {value: rank for rank, value in enumerate(counts["city"].index)}
    features = pd.concat(
        [
            (frame["churned"] == "yes").astype("int8").rename("label"),
            frame[["age", "income", "balance", "score", "visits"]],
            (frame["active"] == "yes").astype("int8"),
            pd.get_dummies(frame["plan"], dtype="int8"),
            frame["city"].map(ranks),
            (since - pd.Timestamp(0)).dt.days.rename("days"),
            since.dt.year.rename("year"),
            since.dt.month.rename("month"),
            since.dt.day.rename("day"),
            (since.dt.day_of_week + 1).rename("weekday"),
            pd.get_dummies(frame["comment"], dtype="int8"),
            pd.get_dummies(frame["device"], dtype="int8"),
        ],
        axis=1,
    )
    share = np.random.default_rng(0).random(len(frame))
    train, test = share < 0.7, share >= 0.85
    features[train].to_csv(out / "train.csv", header=False, index=False)
    features[~train & ~test].to_csv(out / "validation.csv", header=False, index=False)
    features[test].drop(columns="label").to_csv(out / "test.csv", header=False, index=False)
    truth = pd.DataFrame({"row": np.arange(len(frame)) + 1, "label": features["label"]})
    truth[test].to_csv(out / "truth.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

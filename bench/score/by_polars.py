"""What a user would write: read a CSV, encode it, predict it with xgboost, and write it.

python -m bench.score.by_polars MODEL ENCODER SOURCE OUT
"""

import json
import sys
import tarfile

import numpy as np
import polars as pl
import xgboost


def main(model: str, encoder: str, source: str, out: str) -> None:
    """Predict the rows of a file whose numbers are plain and whose categories are one-hot."""
    with open(encoder, encoding="utf-8") as file:  # noqa: PTH123
        features = json.load(file)["features"]
    with tarfile.open(model) as archive:
        member = archive.extractfile("xgboost-model")
        assert member is not None
        booster = xgboost.Booster()
        booster.load_model(bytearray(member.read()))
    table = pl.read_csv(source)
    encoded = table.select(
        (
            pl.col(f["column"]).cast(pl.Float32)
            if f["encoding"] == "numeric"
            else (pl.col(f["column"]) == f["category"]).cast(pl.Float32)
        ).alias(f["name"])
        for f in features
    )
    matrix = xgboost.DMatrix(encoded.to_numpy().astype(np.float32, copy=False))
    predicted = booster.predict(matrix, validate_features=False)
    table.with_columns(prediction=pl.Series(predicted)).write_csv(out)


if __name__ == "__main__":
    main(*sys.argv[1:])

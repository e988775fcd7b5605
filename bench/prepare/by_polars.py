"""What one writes by hand for this one file with polars: profile, encode, split, write."""

import sys
from pathlib import Path

import polars as pl

NUMBERS = ["customer_id", "age", "income", "balance", "score", "visits"]
TEXTS = ["active", "plan", "city", "since", "comment", "device", "churned"]


def main(source: Path, out: Path) -> None:
    """Do the passes that Prepare does, on the whole file at once."""
    frame = pl.read_csv(source)
    frame.select(pl.all().null_count())
    frame.select(
        *[pl.col(NUMBERS).min().name.suffix("_min"), pl.col(NUMBERS).max().name.suffix("_max")],
        *[pl.col(NUMBERS).mean().name.suffix("_mean"), pl.all().n_unique().name.suffix("_n")],
    )
    counts = {name: frame[name].value_counts(sort=True) for name in TEXTS}
    since = pl.col("since").str.to_date("%Y-%m-%d")
    ranks = {value: rank for rank, value in enumerate(counts["city"]["city"])}
    plans = [value for value in counts["plan"]["plan"] if value]
    devices = [value for value in counts["device"]["device"] if value]
    comments = [value for value in counts["comment"]["comment"] if value]
    features = frame.select(
        (pl.col("churned") == "yes").cast(pl.Int8).alias("label"),
        *["age", "income", "balance", "score", "visits"],
        (pl.col("active") == "yes").cast(pl.Int8),
        *[(pl.col("plan") == v).fill_null(value=False).cast(pl.Int8).alias(f"p{v}") for v in plans],
        pl.col("city").replace_strict(ranks, default=None, return_dtype=pl.Int32),
        since.dt.epoch("d").alias("days"),
        since.dt.year().alias("year"),
        since.dt.month().alias("month"),
        since.dt.day().alias("day"),
        since.dt.weekday().alias("weekday"),
        *[(pl.col("comment") == v).cast(pl.Int8).alias(f"c{v}") for v in comments],
        *[
            (pl.col("device") == v).fill_null(value=False).cast(pl.Int8).alias(f"d{v}")
            for v in devices
        ],
    )
    rows = pl.int_range(len(frame), dtype=pl.UInt32, eager=True)
    share = rows.hash() / 2**64
    train, test = share < 0.7, share >= 0.85
    for name, rows_of in (
        ("train", features.filter(train)),
        ("validation", features.filter(~train & ~test)),
        ("test", features.filter(test).drop("label")),
    ):
        rows_of.write_csv(out / f"{name}.csv", include_header=False, quote_style="never")
    truth = pl.DataFrame({"row": rows + 1, "label": features["label"]})
    truth.filter(test).write_csv(out / "truth.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

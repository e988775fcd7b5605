"""Training data as CSV, as libsvm and as Parquet: what writing and reading take."""

"""How fast and how large Prepare is, beside what one would write by hand."""

KEY = "inbox/bench/bench.csv"
PREFIX = "runs/bench"

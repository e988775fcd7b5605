"""The model's matrix is what the container reads of the CSV that batch transform would get."""

import numpy as np
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dropforge.model.encoding import matrix_of
from pipeline.documents.encoder import Encoder
from table.encoding.apply import encode_frame
from table.encoding.text import to_csv
from table.values.date_styles import DATES

STYLES = ["plain", "grouped", "comma", "duration", "span", "clock", "unit:kg", "unit:k, M"]
COLUMNS = [*STYLES, *DATES, "boolean", "one_hot", "rank", "hash", "lone"]


def feature(column: str, encoding: str, **more: object) -> dict[str, object]:
    return {"name": column, "column": column, "encoding": encoding, **more}


PARTS = ("days", "year", "month", "day", "weekday", "hour", "minute")
ENCODER: Encoder = {
    "version": 1,
    "columns": COLUMNS,
    "target": {"name": "y", "task": "regression"},
    "id_columns": [],
    "features": [
        *(feature(style, "numeric", style=style) for style in STYLES),
        *(feature(style, "date", style=style, part=part) for style in DATES for part in PARTS),
        feature("boolean", "boolean", true=["yes"], false=["no"]),
        *(feature("one_hot", "one_hot", category=name) for name in ("gold", "basic")),
        feature("rank", "frequency_rank", categories=["a", "b", "1"]),
        *(feature("hash", "hash", slot=slot) for slot in range(4)),
        feature("lone", "numeric", style="plain"),
        feature("lone", "missing"),
    ],  # type: ignore[list-item]
}
WRITTEN = [
    *("1", "-1.5", "3e-7", "1,234.5", "1.234,5", "1.234", "0,5", "(12.50)", "$3", "45%", "12 kg"),
    *("1.2k", "3.4M", "27:15:00", "2h 50m", "14:35", "2:35 PM", "1e39", "inf", "nan", "NA", ""),
    *("0.1", "123456789012345678", "0.30000000000000004", "5e-324", "+7", " 8 ", "1_000", "٣"),
    *(style.example for style in DATES.values()),
    *("2024-01-31T13:05:01Z", "yes", "no", "maybe", "gold", "a", "b"),
]
texts = (
    st.sampled_from(WRITTEN) | st.floats().map(repr) | st.integers().map(str) | st.text("0.,e-+ ")
)


@settings(max_examples=40)
@given(st.lists(texts, min_size=1, max_size=12))
@example(WRITTEN)
def test_matrix_has_the_numbers_of_the_csv(values: list[str]) -> None:
    frame = pl.DataFrame(dict.fromkeys(COLUMNS, values))
    features = encode_frame(frame, COLUMNS, ENCODER).features
    lines = to_csv(features).decode().splitlines()
    # As sagemaker_xgboost_container does: encoder.csv_to_dmatrix.
    read = np.array([[cell or "nan" for cell in line.split(",")] for line in lines]).astype(float)
    np.testing.assert_array_equal(matrix_of(features), read)

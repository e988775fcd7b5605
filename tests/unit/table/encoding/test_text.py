"""What is written of encoded rows."""

import polars as pl
import pytest

from table.encoding.text import to_csv

BITS = [0, 1, 1, 0, 1, 0, 0, 1]
ROWS = len(BITS)


def bits(turned: int) -> pl.Series:
    return pl.Series(f"b{turned}", BITS[turned:] + BITS[:turned], dtype=pl.Int8)


def tables() -> list[pl.DataFrame]:
    text = pl.Series("text", ["1.50", "2", "3e7", "-4", "5.", "", "7", "8"])
    real = pl.Series("real", [0.1, 1e300, 3.0, None, 5.5, 1 / 3, -0.0, 8.0])
    month = pl.Series("month", [1, 12, 3, 1, 1, 0, 1, 7], dtype=pl.Int8)
    below = pl.Series("below", [0, 1, -1, 0, 1, 0, 1, 0], dtype=pl.Int8)
    holes = pl.Series("holes", [0, 1, None, 0, 1, 0, None, 1], dtype=pl.Int8)
    zeros = pl.Series("zeros", [0] * ROWS, dtype=pl.Int8)
    whole = pl.Series("whole", BITS, dtype=pl.Int32)
    return [
        pl.DataFrame([text, bits(0), bits(1), real]),
        pl.DataFrame([bits(n) for n in range(7)]),
        pl.DataFrame([bits(0), bits(1), month, bits(2), below, bits(3), holes, bits(4), zeros]),
        pl.DataFrame([bits(0), whole, bits(1)]),
        pl.DataFrame([bits(3)]),
        pl.DataFrame([bits(0), bits(1)]).clear(),
    ]


@pytest.mark.parametrize("cells", [1, 20, 4_000_000])
@pytest.mark.parametrize("number", range(len(tables())))
def test_text_is_what_polars_writes_of_all_columns(
    number: int, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("table.encoding.text._CELLS_AT_ONCE", cells)
    table = tables()[number]
    plain = table.write_csv(include_header=False, quote_style="never").encode()
    assert to_csv(table) == plain


def test_columns_of_zeros_and_ones_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    widths = []
    write = pl.DataFrame.write_csv

    def seen(frame: pl.DataFrame, *given: object, **named: object) -> object:
        widths.append(frame.width)
        return write(frame, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(pl.DataFrame, "write_csv", seen)
    to_csv(pl.DataFrame([bits(n) for n in range(7)]))
    assert widths == [2]

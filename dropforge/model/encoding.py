"""From what is given to the model's features, and what could not be read on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dropforge.model.columns import matched
from dropforge.model.csv_file import CsvRows, read_csv
from dropforge.model.given import Given, Values
from dropforge.model.parts import parts_of
from dropforge.model.texts import Texts, reading_texts, texts_of
from pipeline.documents.encoder import STYLED, Encoder, by_column
from pipeline.wording import counted, quoted
from scoring.as_written import as_written
from scoring.cells import known_values
from scoring.columns import named_columns
from table.encoding.apply import encode_frame
from table.encoding.value_table import are_new
from table.profiling.column import profile_column
from table.values.missing import all_present


@dataclass(frozen=True)
class Rows:
    """Rows as the model takes them.

    Attributes
    ----------
    matrix : (rows, features), NaN where a value is missing.
    values : returns a column's values as they were given.
    ignored : columns that the encoder does not know.
    strays : by column, which of the values given say nothing to the model; of a file, which the
        application does not tell by row, empty.
    notes : what could not be read.
    back : makes the kind of rows that was given of a table of all rows.
    size : how many rows there are, those that could not be read among them.
    places : of each row of the matrix (UInt32); None if it has all of them.
    """

    matrix: NDArray[np.float64]
    values: Callable[[str], Values]
    ignored: list[str]
    strays: dict[str, pl.Series]
    notes: list[str]
    back: Callable[[pl.DataFrame], Any]
    size: int
    places: pl.Series | None = field(default=None)


class Reader:
    """Reads rows for an encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.features = by_column(encoder["features"])
        self.columns = list(self.features)
        self._known = {*encoder["columns"], *self.columns}
        self._of_texts = reading_texts(encoder)

    def of_given(self, given: Given) -> Rows:
        """Read a frame or dicts, each value by its type."""
        found = matched(given.columns, self.columns, self._known, given.where)

        def values(name: str) -> Values:
            return given.column(found.positions[name])

        missing = self.encoder.get("missing_values")
        texts = {
            name: texts_of(parts_of(values(name), name), features, missing)
            for name, features in self.features.items()
        }
        frame = pl.DataFrame({name: made.values for name, made in texts.items()})
        matrix = matrix_of(encode_frame(frame, self.columns, self._of_texts).features)
        said = {name: self._stray(name, made) for name, made in texts.items()}
        strays = {name: stray for name, stray in said.items() if stray.any()}
        notes = [self.said_of_strays(name, int(stray.sum())) for name, stray in strays.items()]
        return Rows(matrix, values, found.ignored, strays, notes, given.back, given.rows)

    def _stray(self, name: str, made: Texts) -> pl.Series:
        """Tell which values say nothing to the model."""
        table = self.encoder.get("tables", {}).get(name)
        # Where no feature names its values, a table alone knows them.
        if table is None or known_values(self.features[name]):
            return made.stray
        return made.stray | are_new(made.values, table)

    def of_file(self, path: Path) -> Rows:
        """Read a CSV file as a drop of it would be read.

        Raises
        ------
        EmptyFileError, NotCsvError, FileLimitError, ColumnMismatchError
        """
        rows = read_csv(path, self.columns)
        names = named_columns(rows.columns, rows.header, self.encoder, path.name)
        found = matched(names, self.columns, self._known, path.name)
        encoder, notes = self._as_written(rows, names, path.name)
        frame = rows.frame.select(
            rows.frame.to_series(found.positions[name]).alias(name) for name in self.columns
        )
        encoded = encode_frame(frame, self.columns, encoder)
        unseen = [
            self.said_of_strays(name, count)
            for name, count in encoded.unknown.items()
            # What is no number or date has been told of with the file's way to write them.
            if self.features[name][0]["encoding"] not in STYLED
        ]
        notes = [*_left_out(rows, path.name), *notes, *unseen]
        return Rows(
            matrix_of(encoded.features),
            frame.get_column,
            found.ignored,
            {},
            notes,
            lambda table: table,
            rows.records,
            None if len(rows.index) == rows.records else rows.index,
        )

    def _as_written(
        self, rows: CsvRows, names: Sequence[str], file: str
    ) -> tuple[Encoder, list[str]]:
        """Fit the encoder to how the file writes its numbers and dates, as a scored drop's is."""
        frame = all_present(rows.frame, [*names], self.encoder.get("missing_values"))
        profiles = [
            profile_column(values, name=name)
            for values, name in zip(frame.get_columns(), names, strict=True)
        ]
        fitted = as_written(self.encoder, names, profiles, len(frame), rows.delimiter, file)
        return fitted.encoder, [notice["message"] for notice in fitted.notices]

    def said_of_strays(self, name: str, values: int | str) -> str:
        """Say that a value of a column, or so many, say nothing to the model."""
        shown = counted(values, "value") if isinstance(values, int) else quoted(values)
        what = f"column {quoted(name)}: {shown}"
        if self.features[name][0]["encoding"] in STYLED:
            return f"{what} could not be read, and counted as missing"
        return f"{what} not seen in training, of which the model knows nothing"


def matrix_of(features: pl.DataFrame) -> NDArray[np.float64]:
    """Return what the text that `to_csv` writes of the features is read as."""
    if not features.height:
        return np.empty((0, features.width))
    return features.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _left_out(rows: CsvRows, file: str) -> list[str]:
    count = rows.records - len(rows.index)
    if not count:
        return []
    said = (
        f"{file}: {counted(count, 'record')} could not be read, being of another number of fields "
        f"than the header, a header again, or commented out; not predicted"
    )
    return [said]

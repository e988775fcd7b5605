"""What is given to be predicted: a frame of polars or pandas, a row or several as dicts."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dropforge.errors import RowsUnreadableError

Values = pl.Series | Sequence[Any]
_KINDS = (
    "give the path of a CSV file, a DataFrame of polars or pandas, a dict (one row) or a list of "
    "dicts"
)


@dataclass(frozen=True)
class Given:
    """Rows, with their columns by name.

    Attributes
    ----------
    column : returns the values of the column at a position.
    back : makes the kind of rows that was given of a table with as many rows.
    where : what to call it in messages.
    """

    columns: list[str]
    column: Callable[[int], Values]
    rows: int
    back: Callable[[pl.DataFrame], Any]
    where: str


def given(rows: Any) -> Given:
    """Take rows as they are.

    Raises
    ------
    RowsUnreadableError
        They are nothing that has columns.
    """
    if isinstance(rows, pl.LazyFrame):
        rows = rows.collect()
    if isinstance(rows, pl.DataFrame):
        columns = rows.columns
        return Given(columns, rows.to_series, rows.height, lambda table: table, "the frame")
    pandas = sys.modules.get("pandas")
    if pandas and isinstance(rows, pandas.DataFrame):
        return _pandas(rows, pandas)
    if pandas and isinstance(rows, pandas.Series):
        where = "the Series, which is taken for one row and no column,"
        name, one = rows.name, _dicts([dict(rows.items())], where)
        return _with_back(one, lambda table: pandas.Series(table.row(0, named=True), name=name))
    if isinstance(rows, Mapping):
        _refuse_columns(rows)
        return _with_back(_dicts([rows], "the row"), lambda table: table.row(0, named=True))
    if isinstance(rows, list | tuple) and all(isinstance(row, Mapping) for row in rows):
        return _dicts(rows, "the list of rows")
    raise _no_rows(rows)


def _dicts(rows: Sequence[Mapping[Any, Any]], where: str) -> Given:
    """Take rows; a name that a row has not is missing there."""
    names = list(dict.fromkeys(name for row in rows for name in row))

    def column(position: int) -> list[Any]:
        name = names[position]
        return [row.get(name) for row in rows]

    return Given([str(name) for name in names], column, len(rows), pl.DataFrame.to_dicts, where)


def _with_back(taken: Given, back: Callable[[pl.DataFrame], Any]) -> Given:
    return Given(taken.columns, taken.column, taken.rows, back, taken.where)


def _pandas(frame: Any, pandas: Any) -> Given:
    def back(table: pl.DataFrame) -> Any:
        columns = {
            name: table[name].to_numpy() if table[name].dtype.is_float() else table[name].to_list()
            for name in table.columns
        }
        return pandas.DataFrame(columns, index=frame.index, columns=table.columns)

    names = [str(name) for name in frame.columns]
    return Given(
        names, lambda at: _of_pandas(frame.iloc[:, at]), len(frame), back, _place(frame, names)
    )


def _place(frame: Any, names: list[str]) -> str:
    """Name the frame; what stands in its index is no column, and easily taken for one."""
    index = [str(name) for name in frame.index.names if name is not None and name not in names]
    if not index:
        return "the frame"
    return f"the frame, whose index is {', '.join(index)} (reset_index() makes it a column),"


def _of_pandas(values: Any) -> Values:
    """Take a column of pandas without pyarrow, which polars' own way needs."""
    kind = getattr(values.dtype, "kind", "O")
    if type(values.dtype).__module__.startswith("numpy"):
        if kind in "iufb":
            return pl.Series(values.to_numpy())
        if kind in "mM":
            return pl.Series(values.to_numpy().astype(f"{kind}8[us]"))
    return list(values)


def _refuse_columns(row: Mapping[Any, Any]) -> None:
    """Refuse a dict of columns: one is a row."""
    wide = [name for name, value in row.items() if isinstance(value, list | tuple | pl.Series)]
    if wide:
        raise RowsUnreadableError(
            f"a dict is one row, and its value of {str(wide[0])!r} is several; for several rows "
            f"give a list of dicts, or a frame: polars.DataFrame(rows)"
        )


def _no_rows(rows: Any) -> RowsUnreadableError:
    kind = f"{type(rows).__module__}.{type(rows).__qualname__}".removeprefix("builtins.")
    if isinstance(rows, list | tuple) or type(rows).__module__.partition(".")[0] == "numpy":
        return RowsUnreadableError(
            f"{kind} of values does not name its columns; make a frame of it, for example "
            f"pandas.DataFrame(rows, columns=model.columns)"
        )
    return RowsUnreadableError(f"{kind} is nothing that can be predicted; {_KINDS}")

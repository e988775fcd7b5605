"""Records of a file as its plan says: its dialect, its width, and what is no row."""

from collections.abc import Collection

from pipeline.documents.plan import Plan
from table.reading.dialect import Dialect
from table.reading.records import Records, read_records


def read_planned(
    data: bytes, plan: Plan, *, clean: bool = False, only: Collection[int] | None = None
) -> Records:
    """Read whole records of a planned file.

    Parameters
    ----------
    data : as `Dialect.text_of` returns lines of the file.
    clean : the result of an earlier reading of the same bytes.
    only : positions of the columns that are wanted, at least one; the others are null.
    """
    return read_records(
        data,
        Dialect(**plan["dialect"]),
        len(plan["columns"]),
        clean,
        plan.get("header_records", []),
        plan.get("commented"),
        only,
    )

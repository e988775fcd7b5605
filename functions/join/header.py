"""The bytes before a file's first row, with the added names behind those of its header."""

from dataclasses import dataclass

from join.fields import Writer
from pipeline.documents.plan import Plan
from table.reading.dialect import Dialect


@dataclass(frozen=True)
class Named:
    """What stands before the first row.

    Attributes
    ----------
    raw : as it was, with the names that are added.
    padding : fields that the header has beyond the rows, which they need before what is added.
    """

    raw: bytes
    padding: int = 0


def with_names(raw: bytes, plan: Plan, added: list[str], writer: Writer) -> Named:
    """Add names to the header; lines under it that are no rows get empty fields.

    Parameters
    ----------
    raw : all bytes of the file before its first record that is a row.

    Raises
    ------
    ValueError
        The header is not among them.
    """
    if not plan["header"]:
        return Named(raw)
    header = plan.get("header_records", [])
    newline = writer.dialect.newline.encode()
    lines = raw.split(newline)
    wanted = iter(header)
    texts = next(wanted, None)
    padding = _padding(plan, len(header[0]) if header else 0)
    for last, fields in _records(raw, writer.dialect):
        if texts is None:
            break
        if [field.strip().lstrip("\ufeff") for field in fields] != texts:
            continue
        is_header = texts is header[0]
        new = [writer.field(name) for name in added] if is_header else [""] * len(added)
        before = [""] * max(-padding, 0)
        lines[last] = writer.behind(lines[last], writer.added([*before, *new]))
        texts = next(wanted, None)
    if texts is not None:
        raise ValueError(f"no line has the names {header[0][:3]}")
    return Named(newline.join(lines), max(padding, 0))


def _padding(plan: Plan, names: int) -> int:
    """Return how many more fields the header has than the rows; fewer are negative.

    Row names of R have no name in the header by its rule, and readers expect that.
    """
    beyond = names - len(plan["columns"])
    has_row_names = any(said["code"] == "row_names" for said in plan["notices"])
    return 0 if beyond == -1 and has_row_names else beyond


def _records(raw: bytes, dialect: Dialect) -> list[tuple[int, list[str]]]:
    """Return the last line and the fields of each record."""
    reader = dialect.reader(dialect.text_of(raw).decode())
    return [(reader.line_num - 1, fields) for fields in reader]

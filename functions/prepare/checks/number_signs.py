"""Columns whose numbers have a sign that could part thousands or decimals."""

from pipeline.documents.chunk_profile import ColumnProfile
from pipeline.documents.encoder import Encoder
from pipeline.notices import Notice, notice
from pipeline.wording import quoted
from table.columns.kind import Column
from table.columns.locale import decimal_sign, sign_of_either


def sign_notices(
    columns: list[Column], profiles: list[ColumnProfile], encoder: Encoder, delimiter: str
) -> list[Notice]:
    """Name the columns that are read, if no other number of the file tells what the sign is."""
    if decimal_sign(profiles) is not None:
        return []
    read = {feature["column"] for feature in encoder["features"]} | {encoder["target"]["name"]}
    found = []
    for column, profile in zip(columns, profiles, strict=True):
        if column.name not in read or column.numbers is None:
            continue
        is_target = column.name == encoder["target"]["name"]
        if sign := sign_of_either(profile, delimiter, target=is_target):
            decimals = column.style == ("plain" if sign == "." else "comma")
            text = (
                f"Column {quoted(column.name)}: a number such as 1{sign}234 may be 1234 or 1.234, "
                f"and nothing in the file tells which; read as "
                f"{'1.234' if decimals else '1234'}. Write 1234 or 1.2340."
            )
            found.append(notice("ambiguous_numbers", text))
    return found

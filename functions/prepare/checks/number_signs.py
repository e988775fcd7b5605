"""Columns whose numbers have a sign that could part thousands or decimals."""

from pipeline.documents.chunk_profile import MergedProfile
from pipeline.documents.encoder import Encoder
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.wording import quoted
from table.columns.kind import Column
from table.columns.locale import decimal_sign, sign_of_either


def sign_notices(
    columns: list[Column], profile: MergedProfile, encoder: Encoder, settings: Settings
) -> list[Notice]:
    """Name the columns that are read, if neither a number nor a setting tells what the sign is."""
    profiles, delimiter = profile["columns"], encoder["dialect"]["delimiter"]
    if "decimal" in settings or decimal_sign(profiles) is not None:
        return []
    read = {feature["column"] for feature in encoder["features"]} | {encoder["target"]["name"]}
    found = []
    for column, numbers in zip(columns, profiles, strict=True):
        if column.name not in read or column.numbers is None:
            continue
        is_target = column.name == encoder["target"]["name"]
        if sign := sign_of_either(numbers, delimiter, target=is_target):
            decimals = column.style == ("plain" if sign == "." else "comma")
            text = (
                f"Column {quoted(column.name)}: a number such as 1{sign}234 may be 1234 or 1.234, "
                f"and nothing in the file tells which; read as "
                f'{"1.234" if decimals else "1234"}. Set "decimal" to "." or "," in pipeline.json.'
            )
            found.append(notice("ambiguous_numbers", text))
    return found

"""From an encoded line back to values by column, for people to read.

The encodings are the encoder's (functions/table/encoding/build.py). What cannot be
undone, as a hash, is left out.
"""

from datetime import date, timedelta

from pipeline.documents.encoder import Feature
from table.values.clock_text import CLOCK_STYLES, as_clock

Value = str | float | None

_EPOCH = date(1970, 1, 1)
_MISSING = ("", "nan")


def decode(fields: list[str], features: list[Feature]) -> dict[str, Value]:
    """Turn an encoded line back into values by column; None is missing or not known.

    Parameters
    ----------
    fields, features : one each a feature, in the same order.
    """
    values: dict[str, Value] = {}
    for field, feature in zip(fields, features, strict=False):
        column = feature["column"]
        if feature["encoding"] == "one_hot":
            values.setdefault(column, None)
            if _number(field) == 1:
                values[column] = feature["category"]
        elif feature["encoding"] in _READERS:
            values[column] = _READERS[feature["encoding"]](field, feature)
        elif feature["encoding"] == "date" and feature["part"] == "days":
            values[column] = _day(field)
    return values


def _number(field: str) -> float | None:
    return None if field in _MISSING else float(field)


def _numeric(field: str, feature: Feature) -> Value:
    number, style = _number(field), feature.get("style")
    return as_clock(number, style) if number is not None and style in CLOCK_STYLES else number


def _boolean(field: str, feature: Feature) -> Value:
    number = _number(field)
    words = feature["true"] if number else feature["false"]
    return None if number is None or not words else str(words[0])


def _ranked(field: str, feature: Feature) -> Value:
    number, known = _number(field), feature["categories"]
    return None if number is None or number >= len(known) else str(known[int(number)])


def _day(field: str) -> Value:
    number = _number(field)
    return None if number is None else (_EPOCH + timedelta(days=int(number))).isoformat()


_READERS = {"numeric": _numeric, "boolean": _boolean, "frequency_rank": _ranked}

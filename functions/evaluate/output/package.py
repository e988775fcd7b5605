"""What a model package carries, in the form that SageMaker allows."""

import re
import unicodedata

_VALUE_LIMIT = 256
_DESCRIPTION_LIMIT = 1024
_ALLOWED = "_.:/=+-@"
"""Besides letters, digits and separators: SageMaker API, CustomerMetadataValue."""


def metadata_of(values: dict[str, object]) -> dict[str, str]:
    """Turn values into a model package's CustomerMetadataProperties.

    Empty values are left out; what SageMaker does not allow becomes "_"; a
    longer text keeps its end, which tells object keys apart.
    """
    texts = {key: _allowed(str(value)) for key, value in values.items() if value is not None}
    return {key: _end(text) for key, text in texts.items() if text}


def description_of(text: str) -> str:
    """Make a text a ModelPackageDescription: at most 1024 characters, none of control."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return kept[:_DESCRIPTION_LIMIT]


def _end(text: str) -> str:
    # SageMaker may count as Java does, where letters beyond U+FFFF are two characters.
    units = text.encode("utf-16-le")[-2 * _VALUE_LIMIT :]
    return units.decode("utf-16-le", "ignore")


def _allowed(text: str) -> str:
    kept = (c if unicodedata.category(c)[0] in "LZN" or c in _ALLOWED else "_" for c in text)
    return re.sub(r"\s", " ", "".join(kept))

"""Texts in the settings must be such as can be written to a file."""

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import parse_settings


@pytest.mark.parametrize(
    "text",
    [
        '{"target": "\\ud800"}',
        '{"id_columns": ["a\\udc00"]}',
        '{"\\ud800": 1}',
    ],
)
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="surrogates not allowed") as caught:
        parse_settings(text, "inbox/set/pipeline.json")
    assert str(caught.value).encode()


def test_whole_surrogate_pair_is_one_character() -> None:
    assert (
        parse_settings('{"target": "\\ud83d\\ude00"}', "pipeline.json")["target"]
        == "\N{GRINNING FACE}"
    )

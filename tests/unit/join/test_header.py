"""Headers that are wider or narrower than their rows, and fields in odd dialects."""

import pytest

from join.fields import Writer
from table.reading.dialect import Dialect
from tests.unit.join.scored_file import score, trained
from tests.unit.join.test_scored import TRAINING

ROWS = [("40", "gold"), ("41", "free"), ("42", "free"), ("43", "gold")]


@pytest.mark.parametrize(
    ("header", "row", "wanted"),
    [
        # The header ends in a delimiter: rows are filled up.
        ("age,plan,", "{},{}", ("age,plan,,prediction,prediction_error", "40,gold,,")),
        # Rows end in one: the header is.
        ("age,plan", "{},{},", ("age,plan,,prediction,prediction_error", "40,gold,,")),
        # R's row names have no name, and readers expect that.
        ("age,plan", "r,{},{}", ("age,plan,prediction,prediction_error", "r,40,gold,")),
    ],
)
def test_predictions_stand_below_their_names(
    header: str, row: str, wanted: tuple[str, str]
) -> None:
    champion = trained(TRAINING.encode(), {"target": "price"})
    text = "\n".join([header, *(row.format(*values) for values in ROWS)])
    lines = score(champion, text.encode(), settings={"reasons": 0}).result.decode().splitlines()
    assert lines[0] == wanted[0]
    assert lines[1].startswith(wanted[1])
    assert lines[1].count(",") == len(row.format("", "").split(",")) + 1 + (header[-1] == ",")


@pytest.mark.parametrize(
    ("dialect", "text", "wanted"),
    [
        (Dialect(), "a", "a"),
        (Dialect(), "a,b", '"a,b"'),
        (Dialect(), 'say "x"', '"say ""x"""'),
        (Dialect(), "a\nb", '"a\nb"'),
        (Dialect(delimiter=";"), "a,b", "a,b"),
        (Dialect(quote="'"), "it's", "'it''s'"),
        (Dialect(escape="\\"), 'say "x"', '"say \\"x\\""'),
        (Dialect(escape="\\"), 'c:\\ "x"', '"c:\\\\ \\"x\\""'),
        (Dialect(skip_space=True), " a", '" a"'),
    ],
)
def test_field_is_quoted_as_its_file_quotes(dialect: Dialect, text: str, wanted: str) -> None:
    assert Writer(dialect, "utf-8").field(text) == wanted


def test_letters_that_an_encoding_lacks_are_written_as_utf_8() -> None:
    writer = Writer(Dialect(), "cp1252")
    assert writer.added(["é"]) == b",\xe9"
    assert writer.added(["日"]) == ",日".encode()

"""Texts that look the same have one key, and spellings of missing are counted by name."""

import polars as pl
import pytest

from table.values.labels import LABELS, label_key, spelled_missing, visible
from table.values.spellings import MISSING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Churned", "CHURNED"),
        ("Straße", "STRASSE"),
        ("<=50K", "<=50K."),
        ("> 50 K", ">50K"),
        ("New York", "New  York"),
        ("New York", "New\u00a0York"),
        ("New York", "New\u202fYork"),
        ("New York", "NewYork"),
        ("1 1", "1 \u00a01"),
        ("yes", "\ufeffyes"),
        ("yes", "y\u200bes"),
        ("yes", "yes\u200e"),
        ("yes", "ye\x07s"),
        ("co-op", "co\u00ad-op"),
        ("yes", "\u2800yes"),
        ("yes", "yes \n."),
        ("\u2764", "\u2764\ufe0f"),
        ("Caf\u00e9", "Cafe\u0301"),
    ],
)
def test_texts_that_look_the_same_have_one_key(one: str, other: str) -> None:
    assert label_key(one) == label_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 1", "11"),
        ("+", "-"),
        ("-", "--"),
        ("A", "A+"),
        ("NA", "N/A"),
        (".", ""),
        ("..", "."),
        (">50K", "<=50K"),
        ("1", "01"),
        ("x\u00b2", "x2"),
        ("caf\u00e9", "cafe"),
    ],
)
def test_texts_that_look_different_have_two_keys(one: str, other: str) -> None:
    assert label_key(one) != label_key(other)


@pytest.mark.parametrize("text", ["\u200b", " \ufeff ", "\u2800", "\n"])
def test_text_that_nobody_sees_is_empty(text: str) -> None:
    assert visible(text) == ""


def test_spellings_that_may_be_labels_are_spellings_of_missing() -> None:
    assert set(MISSING) > LABELS
    assert not LABELS & {"", "NaN", "?", "#N/A", "\\N", "<NA>", "."}


def test_spellings_of_missing_are_counted_but_for_empty_fields() -> None:
    values = pl.Series([" NA", "NA", "", "  ", None, "-", "none", "x"], dtype=pl.String)
    assert spelled_missing(values) == {"-": 1, "NA": 2}

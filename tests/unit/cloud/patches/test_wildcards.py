"""Wildcards of policies match what the keys of objects may hold."""

import pytest

from dropforge.cloud.patches.iam.wildcards import compiled


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("inbox/*", "inbox/a\nb.csv", True),
        ("inbox/?.csv", "inbox/\n.csv", True),
        ("inbox/*.csv", "inbox/a.csv\n", False),
        ("inbox/a.csv", "inbox/a.csv\n", False),
        ("inbox/a.csv", "inbox/a.csv", True),
        ("inbox/a.csv", "inbox/axcsv", False),
        ("*/pipeline.json", "inbox/x\n/pipeline.json", True),
        ("INBOX/*", "inbox/a", False),
    ],
)
def test_wildcards_match_line_breaks_and_nothing_more(
    pattern: str, value: str, matches: bool
) -> None:
    assert bool(compiled(pattern, False).match(value)) is matches


def test_wildcards_of_actions_ignore_the_case() -> None:
    assert compiled("S3:get*", True).match("s3:GetObject")

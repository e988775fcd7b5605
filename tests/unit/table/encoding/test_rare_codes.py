"""A rare code among the answers of a target is told, and a person is asked."""

import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare


def of(values: list[str], settings: dict[str, object] | None = None) -> Prepared:
    lines = ["x,z,y", *(f"{n * 7 % 31},{n % 5},{value}" for n, value in enumerate(values))]
    return prepare("\n".join(lines).encode(), {"target": "y"} | (settings or {}))


def told(run: Prepared) -> str:
    return " ".join(w["message"] for w in run.warnings if w["code"] == "target_code")


@pytest.mark.parametrize(
    ("usual", "code"),
    [
        (["0", "1"], "-1"),
        (["0", "1"], "9"),
        (["0", "1"], "7"),
        (["0", "1"], "-9"),
        (["0", "1"], "99"),
        (["0.0", "1.0"], "-1.0"),
        (["1", "2"], "-1"),
        (["1", "2"], "7"),
        (["1", "2", "3", "4", "5"], "9"),
        (["0", "1", "2", "3"], "-1"),
        (["true", "false"], "-1"),
        (["Yes", "No"], "99"),
    ],
)
def test_rare_code_among_answers_is_told_with_the_setting(usual: list[str], code: str) -> None:
    run = of(usual * 60 + [code] * 5)
    shown = code.removesuffix(".0")
    assert f"'{shown}' (5 rows)" in told(run)
    settings = {"missing_values": {"y": [shown]}}
    assert f'"missing_values": {{"y": ["{shown}"]}}' in told(run)
    settled = of(usual * 60 + [code] * 5, settings)
    assert not told(settled)
    parts = [settled.table(name) for name in ("train", "validation", "test")]
    assert sum(map(len, parts)) == 60 * len(usual)
    assert not told(of(usual * 60 + [code] * 5, {"missing_values": {"y": []}}))


def test_one_row_of_a_code_is_told() -> None:
    assert "'9' (1 row)" in told(of(["0", "1"] * 60 + ["9"]))


@pytest.mark.parametrize(
    "values",
    [
        ["0", "1"] * 60 + ["-1"] * 20,
        ["0", "1", "2"] * 40 + ["3"] * 3,
        ["0", "1", "2", "3", "4", "5"] * 20 + ["7"] * 2,
        ["0"] * 80 + ["1"] * 40 + ["3"] * 2,
        ["0.5", "1", "0"] * 40 + ["-1.5"],
        [*map(str, range(40))] * 5 + ["-1"] * 60,
        ["a", "b", "c"] * 60 + ["9"] * 5,
        ["a", "b"] * 60 + ["3"] * 5,
        ["a", "b"] * 60 + ["9"] * 30,
        ["3", "4"] * 60 + ["9"] * 3,
    ],
)
def test_frequent_or_counting_numbers_are_no_codes(values: list[str]) -> None:
    assert not told(of(values))

"""Numbers that can be read in two ways are named, and wait for a person."""

import polars as pl
import pytest

from pipeline.vocabulary import ASKING
from table.columns.locale import sign_of_either
from table.profiling.column import profile_column
from tests.unit.prepare.pipeline_run import Prepared, prepare


def grouped(value: int, sign: str) -> str:
    return f"{value:,}".replace(",", sign)


def run(
    sign: str,
    delimiter: str,
    *,
    least: int = 200,
    beside: str = "",
    plain_from: int = 1 << 30,
    **settings: str,
) -> Prepared:
    lines = [delimiter.join(("amount", "kind", "extra", "y"))]
    for n in range(200):
        value = least + n * 389 % 9_000
        text = str(value) if value >= plain_from else grouped(value, sign)
        lines.append(delimiter.join((text, "abc"[n % 3], beside or str(n % 7), str(n % 2))))
    return prepare("\n".join(lines).encode(), {"target": "y", **settings})


@pytest.mark.parametrize(
    ("sign", "delimiter", "read"),
    [(".", ",", "1.234"), (".", ";", "1234"), (",", ";", "1.234"), (",", "\t", "1234")],
)
def test_sign_that_could_be_either_is_named_with_both_readings(
    sign: str, delimiter: str, read: str
) -> None:
    (said,) = [w for w in run(sign, delimiter).warnings if w["code"] == "ambiguous_numbers"]
    assert "'amount'" in said["message"]
    assert f"1{sign}234 may be 1234 or 1.234" in said["message"]
    assert f'read as {read}. Set "decimal" to' in said["message"]
    assert "ambiguous_numbers" in ASKING


@pytest.mark.parametrize(
    ("sign", "delimiter"), [(".", ","), (".", ";"), (".", "\t"), (",", ";"), (",", "\t")]
)
@pytest.mark.parametrize("decimal", [".", ","])
def test_setting_tells_what_the_file_does_not(sign: str, delimiter: str, decimal: str) -> None:
    found = run(sign, delimiter, decimal=decimal)
    assert "ambiguous_numbers" not in found.codes
    (amount,) = (c for c in found.json("profile.json")["columns"] if c["name"] == "amount")
    assert (amount["max"] < 1000) is (sign == decimal)


def test_target_whose_factor_is_not_known_waits_too() -> None:
    lines = ["a;y", *(f"{n % 17};{n * 31 % 900 + 1}.{n * 7 % 900 + 100}" for n in range(200))]
    assert "ambiguous_numbers" in prepare("\n".join(lines).encode(), {"target": "y"}).codes
    commas = "\n".join(lines).replace(";", ",").encode()
    assert "ambiguous_numbers" not in prepare(commas, {"target": "y"}).codes


@pytest.mark.parametrize(
    ("sign", "delimiter", "more"),
    [
        # Another column tells.
        (".", ";", {"beside": "3,5"}),
        (".", ",", {"beside": "3.5"}),
        (",", ";", {"beside": "3,5"}),
        (",", "\t", {"beside": "3.5"}),
        # All numbers have the sign, so that trees see the same.
        (".", ",", {"least": 1_000}),
        (",", ";", {"least": 1_000}),
        # Larger numbers do without it.
        (".", ",", {"plain_from": 5_000}),
        (",", ";", {"plain_from": 5_000}),
    ],
)
def test_sign_that_something_tells_or_that_changes_nothing_is_not_named(
    sign: str, delimiter: str, more: dict[str, int]
) -> None:
    found = run(sign, delimiter, **more)  # type: ignore[arg-type]
    assert "ambiguous_numbers" not in found.codes
    assert any(f["column"] == "amount" for f in found.json("encoder.json")["features"])


@pytest.mark.parametrize("values", [["-1500", "910", "1.199"], ["910", "1.199", "1,234"]])
def test_numbers_that_a_sign_cannot_part_are_not_named(values: list[str]) -> None:
    found = profile_column(pl.Series(values * 50))
    assert sign_of_either(found, ";") is None
    assert sign_of_either(profile_column(pl.Series(["910", "1.199"] * 50)), ";") == "."


def test_target_that_mixes_both_ways_is_named() -> None:
    lines = ["a,y", *(f"{n % 17},{grouped(200 + n * 389 % 9_000, '.')}" for n in range(200))]
    (said,) = [
        w["message"]
        for w in prepare("\n".join(lines).encode(), {"target": "y"}).warnings
        if w["code"] == "ambiguous_numbers"
    ]
    assert "'y'" in said


def test_setting_goes_before_what_other_columns_tell() -> None:
    found = run(".", ";", beside="3,5", decimal=".")
    (amount,) = (c for c in found.json("profile.json")["columns"] if c["name"] == "amount")
    assert amount["max"] < 1000


def test_per_cent_beside_whole_numbers_has_no_sign_that_is_doubtful() -> None:
    lines = [f"{n % 31},{n % 90}{'%' if n % 2 else ''},{n % 5 % 2}" for n in range(300)]
    run = prepare("\n".join(["x,rate,y", *lines]).encode(), {"target": "y"})
    assert "ambiguous_numbers" not in run.codes

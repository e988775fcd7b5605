"""Classes as people write them: in several ways, or as missing values are written."""

from typing import Any

import pytest

from pipeline.errors import SettingsError, TargetUnusableError
from table.columns.kind import Column
from table.columns.labels import with_labels
from tests.unit.prepare.pipeline_run import Prepared, prepare


def of(
    shares: dict[str, int], settings: dict[str, Any] | None = None, chunk_bytes: int = 1 << 26
) -> Prepared:
    """Prepare a file whose target has so many rows of each text."""
    values = [value for value, rows in shares.items() for _ in range(rows)]
    lines = ["x,z,y", *(f'{n % 7},{n % 11},"{values[n]}"' for n in range(len(values)))]
    data = "\n".join(lines).encode()
    return prepare(data, {"target": "y", **(settings or {})}, chunk_bytes=chunk_bytes)


def classes(run: Prepared) -> list[str]:
    found: list[str] = run.json("encoder.json")["target"]["classes"]
    return found


def said(run: Prepared, code: str) -> str:
    (message,) = [w["message"] for w in run.warnings if w["code"] == code]
    return message


def rows(run: Prepared) -> int:
    return sum(len(run.table(channel)) for channel in ("train", "validation", "test"))


@pytest.mark.parametrize(
    ("shares", "found"),
    [
        ({"<=50K": 60, ">50K": 40, "<=50K.": 30, ">50K.": 20}, [">50K", "<=50K"]),
        ({"Churned": 40, "stayed": 90, "CHURNED ": 30, "Stayed": 80}, ["stayed", "Churned"]),
        ({"New York": 50, "New\u00a0York": 30, "Boston": 60}, ["New York", "Boston"]),
        ({"spam": 50, "\ufeffspam": 4, "ham": 60, "ham\u200b": 3}, ["ham", "spam"]),
        ({"pass": 50, "Pass.": 30, "fail": 20, "FAIL": 19}, ["pass", "fail"]),
        (
            {"'lost'": 50, "lost": 30, "\u201cwon\u201d": 20, "won": 19},
            ["'lost'", "\u201cwon\u201d"],
        ),
        ({"non-smoker": 50, "non\u2013smoker": 30, "smoker": 40}, ["non-smoker", "smoker"]),
        # Ways to say yes and no, ones and zeros among them.
        ({"TRUE": 50, "1": 30, "FALSE": 40, "0": 20}, ["TRUE", "FALSE"]),
        ({"yes": 50, "1": 30, "no": 40}, ["yes", "no"]),
    ],
)
def test_texts_that_differ_only_in_writing_are_one_class_with_a_warning(
    shares: dict[str, int], found: list[str]
) -> None:
    run = of(shares)
    assert run.fit["task"] == "binary"
    assert sorted(classes(run)) == sorted(found)
    assert rows(run) == sum(shares.values())
    message = said(run, "same_labels")
    assert "'y'" in message
    assert '"distinct_labels" to true' in message


def test_warning_of_joined_texts_names_them_the_commonest_first() -> None:
    run = of({"a": 20, "A": 30, "b": 40, "B.": 9, "C": 41})
    assert said(run, "same_labels").endswith(": 'b', 'B.' as 'b'; 'A', 'a' as 'A'.")
    more = of(dict.fromkeys(("a", "A", "b", "B", "c", "C", "d", "D"), 20))
    assert said(more, "same_labels").endswith(" and 2 more.")


def test_distinct_labels_keeps_texts_apart_without_a_warning() -> None:
    run = of({"a": 40, "A": 50, "b": 60}, {"distinct_labels": True})
    assert classes(run) == ["A", "a", "b"]
    assert "same_labels" not in run.codes


def test_ways_to_say_yes_beside_anything_else_are_classes_of_their_own() -> None:
    assert len(classes(of({"yes": 50, "1": 30, "no": 40, "2": 20}))) == 4
    assert len(classes(of({"y": 50, "yes": 30, "no": 40}, {"distinct_labels": True}))) == 3
    assert len(classes(of({"y": 50, "yes": 30, "no": 40}))) == 2


def test_ways_to_say_yes_keep_the_names_of_the_approved_models_classes() -> None:
    def data(shares: dict[str, int]) -> bytes:
        values = [value for value, rows in shares.items() for _ in range(rows)]
        return "\n".join(["x,y", *(f"{n % 7},{v}" for n, v in enumerate(values))]).encode()

    before = prepare(data({"TRUE": 60, "FALSE": 70}), {"target": "y"}, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    after = prepare(
        data({"TRUE": 20, "1": 90, "FALSE": 30, "0": 80}),
        {"target": "y"},
        champion=champion,
        s3=before.s3,
        run="set-2",
    )
    assert classes(after) == classes(before) == ["FALSE", "TRUE"]
    # A class of the approved model's may be gone.
    again = prepare(
        data({"a": 40, "A": 50, "b": 60}),
        {"target": "y"},
        champion=champion,
        s3=before.s3,
        run="set-3",
    )
    assert classes(again) == ["A", "b"]
    assert after.fit["champion"]["usable"]


def test_booleans_in_any_case_are_two_classes_without_a_warning() -> None:
    for settings in ({}, {"distinct_labels": True}):
        run = of({"yes": 30, "Yes": 40, "NO": 30, "no": 20}, settings)
        assert run.fit["task"] == "binary"
        assert "same_labels" not in run.codes


def test_positive_label_may_be_written_in_another_way() -> None:
    shares = {"Good": 40, "good": 10, "Bad": 30}
    assert classes(of(shares, {"positive_label": "GOOD."}))[1] == "Good"
    with pytest.raises(SettingsError, match="'goods'"):
        of(shares, {"positive_label": "goods"})


@pytest.mark.parametrize("label", ["None", "NA", "-", "null", "n/a", "N/A", "nil", "na"])
def test_frequent_spelling_of_missing_is_a_class_with_a_notice(label: str) -> None:
    run = of({"EU": 50, label: 60, "JP": 50, "": 7})
    assert run.fit["task"] == "multiclass"
    assert label in classes(run)
    assert rows(run) == 160
    assert f"'{label}' (60 rows) is a class here" in said(run, "missing_as_class")
    assert said(run, "no_target").endswith(": 7 rows.")
    (column,) = [c for c in run.json("profile.json")["columns"] if c["name"] == "y"]
    assert (column["type"], column["missing"], column["distinct"]) == ("category", 7, 3)
    assert [label, 60] in column["top"]


@pytest.mark.parametrize("mark", ["NaN", "?", "#N/A", "\\N", "<NA>", "."])
def test_mark_that_only_programs_write_is_no_class_however_frequent(mark: str) -> None:
    run = of({"EU": 50, mark: 90, "JP": 50})
    assert run.fit["task"] == "binary"
    assert f"90 rows; '{mark}' (90 rows) counted as missing" in said(run, "no_target")


@pytest.mark.parametrize(("share", "found"), [(20, 3), (19, 2)])
def test_spelling_of_missing_is_a_class_from_half_of_an_even_share_on(
    share: int, found: int
) -> None:
    run = of({"EU": 60, "JP": 40, "NA": share})
    assert len(classes(run)) == found
    assert ("no_target" in run.codes) == (found == 2)


def test_two_rows_make_no_class_of_a_spelling_of_missing() -> None:
    assert len(classes(of({"EU": 5, "JP": 5, "NA": 2}))) == 2
    assert len(classes(of({"EU": 5, "JP": 5, "NA": 3}))) == 3


def test_rare_spellings_of_missing_in_a_target_are_named_with_their_counts() -> None:
    run = of({"EU": 60, "JP": 50, "NA": 4, "-": 2, "": 3})
    message = said(run, "no_target")
    assert "9 rows; 'NA' (4 rows), '-' (2 rows) counted as missing, to be written" in message
    amounts = of({f"{n / 4}": 3 for n in range(90)} | {"NA": 40, "n/a": 1})
    message = said(amounts, "no_target")
    assert message.endswith("41 rows; 'NA' (40 rows), 'n/a' (1 row) counted as missing.")


def test_one_of_many_countries_may_be_called_na() -> None:
    run = of({f"{a}{b}": 5 for a in "BCDEF" for b in "KLMOP"} | {"NA": 5})
    assert len(classes(run)) == 26


@pytest.mark.parametrize("minus", [3, 60])
def test_signs_are_two_classes(minus: int) -> None:
    run = of({"+": 90, "-": minus})
    assert (run.fit["task"], sorted(classes(run))) == ("binary", ["+", "-"])
    assert "no_target" not in run.codes


def test_degrees_of_signs_are_classes() -> None:
    run = of({"++": 50, "+": 50, "-": 5, "--": 4})
    assert sorted(classes(run)) == ["+", "++", "-", "--"]


def test_minus_beside_words_may_stand_for_nothing() -> None:
    assert classes(of({"up": 50, "down": 60, "-": 5})) == ["down", "up"]


def test_spelling_of_missing_that_differs_from_a_class_in_case_only_is_of_it() -> None:
    run = of({"none": 60, "some": 70, "None": 2})
    assert classes(run) == ["some", "none"]
    assert run.json("encoder.json")["target"]["labels"]["None"] == 1
    apart = of({"none": 60, "some": 70, "None": 2}, {"distinct_labels": True})
    assert "'None' (2 rows) counted as missing" in said(apart, "no_target")


def test_even_share_is_that_among_the_classes_that_are_told_apart() -> None:
    shares = {"EU": 30, "eu": 30, "JP": 40, "NA": 17}
    assert classes(of(shares)) == ["EU", "JP"]
    assert "NA" in classes(of(shares, {"distinct_labels": True}))


def test_booleans_beside_a_class_written_as_missing_are_categories() -> None:
    run = of({"yes": 30, "Yes": 40, "no": 50, "None": 60})
    assert classes(run) == ["None", "Yes", "no"]
    assert said(run, "same_labels").endswith(": 'Yes', 'yes' as 'Yes'.")
    assert run.json("profile.json")["columns"][2]["type"] == "category"


def test_column_with_labels_accounts_for_every_row() -> None:
    counts = {"EU": 60, "JP": 50, "NA\ufeff": 2}
    column = Column("y", "category", 44, 3, 112, counts=counts, spelled={"NA": 40, "-": 4})
    found = with_labels(column, {}, distinct=False)
    assert (found.missing, found.present, found.distinct) == (4, 152, 4)
    assert found.counts == {"EU": 60, "JP": 50, "NA": 40, "NA\ufeff": 2}
    assert found.spelled == {"-": 4}


def test_spellings_of_one_class_are_counted_together() -> None:
    shares = {"EU": 60, "JP": 40, "NA": 12, "na": 8}
    run = of(shares)
    assert classes(run) == ["EU", "JP", "NA"]
    assert classes(of(shares, {"distinct_labels": True})) == ["EU", "JP"]


def test_text_that_nobody_sees_counts_as_missing() -> None:
    run = of({"EU": 60, "JP": 50, "\u200b": 30, "NA\ufeff": 2})
    assert classes(run) == ["EU", "JP"]
    message = said(run, "no_target")
    assert "32 rows; '\\u200b' (30 rows), 'NA\\ufeff' (2 rows) counted" in message


def test_target_of_one_value_names_what_counted_as_missing() -> None:
    with pytest.raises(TargetUnusableError, match=r"'yes'.*\('NA' \(5 rows\) counted as missing"):
        of({"yes": 100, "NA": 5})
    with pytest.raises(TargetUnusableError, match=r"empty in all.*\('NA' \(50 rows\) counted"):
        of({"NA": 50})
    with pytest.raises(TargetUnusableError, match="empty in all"):
        of({"\u200b": 50})


@pytest.mark.parametrize("split", [{"time_column": "t"}, {"group_column": "g"}])
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 700])
def test_rows_of_a_class_written_as_missing_are_divided_as_the_others(
    split: dict[str, str], chunk_bytes: int
) -> None:
    runs = []
    for label in ("NA", "AM"):
        lines = ["x,t,g,y"]
        # What is no class has no target, however it is written.
        nothing = "-" if label == "NA" else ""
        for n in range(240):
            value = ["EU", label, "JP", "EU"][n % 4] if n % 10 else ["", nothing][n // 120]
            lines.append(f"{n % 7},{n},{'abcdefgh'[n // 30]},{value}")
        data = "\n".join(lines).encode()
        runs.append(prepare(data, {"target": "y", "split": split}, chunk_bytes=chunk_bytes))
    na, am = runs
    assert na.json("fit.json")["method"] == am.json("fit.json")["method"]
    for channel in ("train", "validation", "test"):
        assert na.table(channel)[1 if channel != "test" else 0].tolist() == (
            am.table(channel)[1 if channel != "test" else 0].tolist()
        )
    assert not {"time_missing", "time_split"} & na.codes


def test_labels_cut_anywhere_are_decided_alike() -> None:
    shares = {"EU": 50, "None": 40, "eu": 30, "JP": 50, "-": 3}
    whole, cut = of(shares), of(shares, chunk_bytes=97)
    for name in ("encoder.json", "profile.json", "fit.json"):
        assert whole.json(name) == cut.json(name)
    for channel in ("train", "validation", "test", "truth"):
        assert whole.table(channel).equals(cut.table(channel))

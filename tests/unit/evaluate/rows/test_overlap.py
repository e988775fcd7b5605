"""A champion is compared on no row that it was trained on and the challenger was not."""

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluate.steps.evaluate import evaluate_run
from tests.unit.evaluate.made_run import MadeRun

Runs = Callable[[str], MadeRun]


def judged(run: MadeRun) -> tuple[dict[str, Any], dict[str, Any]]:
    result = evaluate_run(run.files, run.logs, run.event, "dropforge", "0.1.0")
    return result, run.json("evaluation.json")


def codes(document: dict[str, Any]) -> set[str]:
    return {item["code"] for item in document["warnings"]}


def memorised(run: MadeRun, rows: int) -> Any:
    """Return predictions that know the first rows by heart and are poor on all others."""
    spread = np.std(run.truth - run.predicted)
    noise = np.random.default_rng(1).normal(0, spread, len(run.truth))
    return np.where(np.arange(len(run.truth)) < rows, run.truth, run.predicted + noise)


def test_rows_that_the_champion_was_trained_on_do_not_count(run_of: Runs) -> None:
    run = run_of("regression")
    rows = len(run.truth)
    knows = rows - 60
    champion = memorised(run, knows)
    run.add_champion(champion)
    run.record(champion=list(range(1, knows + 1)), challenger=[10**6])
    result, document = judged(run)
    comparison = document["comparison"]
    assert (comparison["seen"], comparison["rows"]) == (knows, 60)
    rest = slice(knows, None)
    own = np.sqrt(np.mean((run.predicted[rest] - run.truth[rest]) ** 2))
    other = np.sqrt(np.mean((champion[rest] - run.truth[rest]) ** 2))
    assert comparison["challenger"]["value"] == pytest.approx(own)
    assert comparison["value"] == pytest.approx(other)
    assert comparison["difference"]["value"] == pytest.approx(own - other)
    assert result["verdict"] == "approved"
    assert result["metric"]["value"] != pytest.approx(own), "the headline is of all test rows"
    assert "on the 60 rows that neither was trained on" in result["sentence"]
    assert f"trained on {knows:,} of the {rows:,} test rows" in " ".join(result["warnings"])


def test_comparison_on_all_rows_would_have_believed_the_memory(run_of: Runs) -> None:
    run = run_of("regression")
    run.add_champion(memorised(run, len(run.truth) - 60))
    run.record(champion=[], challenger=[])
    result, document = judged(run)
    assert (document["comparison"]["seen"], result["verdict"]) == (0, "kept_champion")
    assert not codes(document) & {"champion_saw_rows", "champion_rows_unknown"}


def test_too_few_rows_that_neither_knows_leave_it_to_a_person(run_of: Runs) -> None:
    run = run_of("regression")
    knows = len(run.truth) - 29
    run.add_champion(memorised(run, knows))
    run.record(champion=list(range(1, knows + 1)), challenger=[])
    result, document = judged(run)
    assert (result["verdict"], document["comparison"]["obstacle"]) == ("pending", "seen")
    assert "leaves 29 to compare on" in document["comparison"]["reason"]
    assert "leaves 29 to compare on" in run.text("report.html")


def test_small_file_of_which_few_rows_changed_sides_is_compared(run_of: Runs) -> None:
    run = run_of("regression")
    run.keep(24)
    run.add_champion(run.predicted)
    run.record(champion=[3], challenger=[])
    _, document = judged(run)
    assert (document["comparison"]["compared"], document["comparison"]["rows"]) == (True, 23)


def test_rows_that_both_were_trained_on_favour_neither(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    everything = list(range(1, len(run.truth) + 1))
    run.record(champion=everything, challenger=everything)
    _, document = judged(run)
    assert (document["comparison"]["seen"], document["comparison"]["rows"]) == (0, len(run.truth))


def test_of_a_sampled_record_the_recorded_rows_are_compared(run_of: Runs) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    rows = len(run.truth)
    run.record(champion=[2, 4], challenger=[], every=2)
    _, document = judged(run)
    assert (document["comparison"]["seen"], document["comparison"]["rows"]) == (2, rows // 2 - 2)


def test_rows_whose_like_the_challenger_alone_learned_do_not_count_either(run_of: Runs) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    run.record(champion=[1, 2, 5], challenger=[2, 3, 4])
    comparison = judged(run)[1]["comparison"]
    assert (comparison["seen"], comparison["rows"]) == (2, len(run.truth) - 4)


def test_a_test_row_has_one_digest_for_each_of_the_two_models(run_of: Runs) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    rows = len(run.truth)
    run.record(champion=[rows + 1], challenger=[rows + 2])
    name = run.files.names("data/tested")[0]
    key = f"{run.files.prefix}/data/tested/{name}"
    digests = array("Q", run.s3.objects[key])
    digests[0], digests[len(digests) // 2] = rows + 1, rows + 2
    run.s3.objects[key] = digests.tobytes()
    comparison = judged(run)[1]["comparison"]
    assert (comparison["seen"], comparison["rows"]) == (0, rows)


@pytest.mark.parametrize("data", ["newer", "not newer", "same"])
def test_unknown_overlap_waits_for_a_person(run_of: Runs, data: str) -> None:
    """Whatever the two are: the champion may know some of these rows by heart."""
    run = run_of("regression")
    for champion in (run.truth, run.predicted, run.predicted + np.std(run.truth)):
        run.add_champion(champion)
        run.record(champion=[], challenger=[], scheme="polars 1.0, x86_64, 0123456789abcdef")
        if data == "not newer":
            run.event["champion"]["data_last_modified"] = "2027-01-01T00:00:00+00:00"
        if data == "same":
            run.event["champion"]["data_etag"] = run.json("request.json")["etag"]
        result, document = judged(run)
        better = document["comparison"]["finding"] == "better"
        waits = data == "newer" or better
        assert result["verdict"] == ("pending" if waits else "kept_champion")
        assert ("it is not known on which of these rows" in result["sentence"]) == waits


@pytest.mark.parametrize(
    ("scheme", "why"), [("other", "another version of Prepare"), (None, "kept no record")]
)
def test_record_that_cannot_be_compared_is_said(run_of: Runs, scheme: str | None, why: str) -> None:
    run = run_of("multiclass")
    run.add_champion(run.predicted)
    if scheme:
        run.record(champion=[1], challenger=[], scheme=scheme)
    else:
        del run.s3.objects["runs/churn-20261015-090000-77aa10fe/fit.json"]
    result, document = judged(run)
    assert document["comparison"]["compared"]
    assert document["comparison"]["seen"] is None
    assert "champion_rows_unknown" in codes(document)
    assert why in " ".join(result["warnings"])

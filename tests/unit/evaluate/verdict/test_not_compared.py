"""A champion that the challenger cannot be compared with: why, and who decides."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.evaluate.made_run import MadeRun, judged

Runs = Callable[[str], MadeRun]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"name": "left"},
            "the target changed: the model in use predicts 'left', this one 'churned'",
        ),
        (
            {"task": "regression"},
            "the task changed: the model in use was trained for regression, this one for binary",
        ),
        (
            {"classes": ["no", "maybe"]},
            "the classes changed since the model in use: 'maybe' gone, 'yes' new",
        ),
    ],
)
@pytest.mark.parametrize("asked", [True, False])
def test_a_champion_of_another_question_leaves_the_challenger_pending(
    run_of: Runs, change: dict[str, Any], reason: str, asked: bool
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted, **change)
    if not asked:
        run.part_from_champion("its target is another.")
    result, comparison = judged(run)
    assert not comparison["compared"]
    assert (comparison["obstacle"], comparison["reason"]) == ("question", reason)
    assert result["verdict"] == "pending"
    assert result["sentence"].endswith(f"that it never saw; {reason}.")
    assert any(reason in text for text in result["warnings"])
    assert "could not be compared" in run.text("report.html")


def test_classes_that_only_changed_places_are_named(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted, classes=["yes", "no"])
    run.part_from_champion("its classes are 'yes', 'no'")
    result, comparison = judged(run)
    assert result["verdict"] == "pending"
    assert comparison["reason"] == (
        "the order of the classes changed: 'yes', 'no' became 'no', 'yes'"
    )


def test_a_champion_that_cannot_read_the_file_leaves_it_to_a_person(
    run_of: Runs,
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    run.part_from_champion("the file lacks 'plan'.")
    result, comparison = judged(run)
    assert (comparison["obstacle"], comparison["reason"]) == ("unfit", "the file lacks 'plan'")
    assert result["champion"] is None
    assert result["verdict"] == "pending"
    assert result["sentence"].endswith(
        "; it could not be compared with the model in use (the file lacks 'plan')."
    )
    assert "A person decides." in run.text("report.html")
    assert "no model was in use" not in run.text("report.html")


def test_a_comparison_that_failed_leaves_the_challenger_pending(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    run.part_from_champion("its batch transform failed: States.Timeout", failed=True)
    result, comparison = judged(run)
    assert comparison["obstacle"] == "failed"
    assert (result["verdict"], result["approval_status"]) == ("pending", "PendingManualApproval")
    assert result["sentence"].endswith(
        "; it could not be compared with the model in use (its batch transform failed: "
        "States.Timeout)."
    )
    assert "judged on its own" not in run.text("report.html")


@pytest.mark.parametrize("body", [None, b"", b"[]", b'{"target": null}', b'{"target": {}}'])
@pytest.mark.parametrize("failed", [True, False])
def test_a_champion_whose_encoder_is_gone_is_said_to_be_so(
    run_of: Runs, body: bytes | None, failed: bool
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    key = run.event["champion"]["encoder_key"]
    del run.s3.objects[key]
    if body is not None:
        run.s3.objects[key] = body
    run.part_from_champion("its encoder could not be read.", failed)
    result, comparison = judged(run)
    assert comparison["reason"] == "its encoder could not be read"
    assert result["verdict"] == "pending"
    assert "(its encoder could not be read)" in result["sentence"]
    assert "its encoder could not be read" in run.text("report.html")


def test_a_service_that_refuses_the_champions_encoder_for_now_is_not_taken_for_its_loss(
    run_of: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    run.part_from_champion("its target is another")
    key, get = run.event["champion"]["encoder_key"], run.s3.get_object

    def slow(**request: str) -> Any:
        if request["Key"] == key:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "GetObject")
        return get(**request)

    monkeypatch.setattr(run.s3, "get_object", slow)
    with pytest.raises(ClientError, match="SlowDown"):
        judged(run)


def test_a_champion_with_predictions_missing_leaves_it_to_a_person(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted[:-1])
    name = "champion/part-00001.csv.out"
    run.put(name, "".join(run.text(name).splitlines(keepends=True)[:-1]))
    result, comparison = judged(run)
    assert (result["verdict"], comparison["obstacle"]) == ("pending", "failed")
    assert name in comparison["reason"]

"""Promotion and rollback."""

import json

import pytest

from dropforge.client.registry import model_registry
from dropforge.client.stack import Stack
from dropforge.errors import RegistryError, RunUnfinishedError, RunUnknownError
from evaluate.steps.champion import find_champion
from tests.unit.cli.fakes import BUCKET, fake_stack, finished_run, message, succeeded


def statuses(stack: Stack) -> list[str]:
    return [package["ModelApprovalStatus"] for package in stack.session.sagemaker.packages]


def test_promote_approves_a_package_that_waits() -> None:
    stack = fake_stack()
    finished_run(stack, "old")
    finished_run(stack, "new")
    stack.session.sagemaker.add("old", "Approved")
    stack.session.sagemaker.add("new", "PendingManualApproval")
    change = model_registry.promote(stack, "new")
    assert (change.action, change.champion.run, change.dataset) == ("approved", "new", "churn")
    assert statuses(stack) == ["Approved", "Approved"]


def test_promote_of_an_older_model_registers_it_anew_so_that_it_is_the_newest() -> None:
    stack = fake_stack()
    finished_run(stack, "old")
    stack.session.sagemaker.add("old", "Approved")
    stack.session.sagemaker.add("new", "Approved")
    change = model_registry.promote(stack, "old")
    assert (change.action, change.champion.run, change.champion.version) == ("registered", "old", 3)
    old, made = stack.session.sagemaker.packages[0], stack.session.sagemaker.packages[2]
    assert (
        made["InferenceSpecification"]["Containers"] == old["InferenceSpecification"]["Containers"]
    )
    assert made["CustomerMetadataProperties"]["encoder"] == "runs/old/encoder.json"


def test_promote_of_a_run_that_was_not_registered_registers_it() -> None:
    stack = fake_stack()
    finished_run(stack, "kept")
    # Its first attempt to save the model was refused, so the second one's name is kept.
    stack.session.sagemaker.models["kept-r1"] = {
        "PrimaryContainer": {"Image": "xgboost", "ModelDataUrl": "s3://drops/kept"}
    }
    assert model_registry.promote(stack, "kept").champion.run == "kept"
    container = stack.session.sagemaker.packages[0]["InferenceSpecification"]["Containers"][0]
    assert container == {"Image": "xgboost", "ModelDataUrl": "s3://drops/kept"}


def test_promote_of_the_champion_changes_nothing() -> None:
    stack = fake_stack()
    finished_run(stack, "new")
    stack.session.sagemaker.add("new", "Approved")
    assert model_registry.promote(stack, "new").action == "none"
    assert statuses(stack) == ["Approved"]


def test_promote_of_a_run_whose_model_was_tidied_away_takes_its_training_jobs() -> None:
    stack = fake_stack()
    finished_run(stack, "kept")
    stack.session.sagemaker.training_jobs = {"kept": ["Failed"], "kept-r1": ["Completed"]}
    assert model_registry.promote(stack, "kept").champion.run == "kept"
    container = stack.session.sagemaker.packages[0]["InferenceSpecification"]["Containers"][0]
    assert container == {"Image": "xgboost", "ModelDataUrl": "s3://drops/kept-r1"}


@pytest.mark.parametrize("jobs", [{}, {"gone": ["Stopped"]}])
def test_promote_of_a_run_that_left_neither_model_nor_job_says_so(
    jobs: dict[str, list[str]],
) -> None:
    stack = fake_stack()
    finished_run(stack, "gone")
    stack.session.sagemaker.training_jobs = jobs
    with pytest.raises(RegistryError, match="neither a SageMaker model gone nor a completed"):
        model_registry.promote(stack, "gone")


@pytest.mark.parametrize("document", [None, {"verdict": "below_minimum"}])
def test_promote_of_a_run_without_a_model_is_refused(document: object) -> None:
    stack = fake_stack()
    if document is not None:
        body = json.dumps(document).encode()
        stack.client("s3").put_object(Bucket=BUCKET, Key="runs/x/evaluation.json", Body=body)
    body = json.dumps(message("x", status="FAILED", verdict="failed", result=None)).encode()
    stack.session.s3.objects["runs/x/message.json"] = body
    with pytest.raises(RegistryError, match=r"run x made no model .* `dropforge show x` says why"):
        model_registry.promote(stack, "x")


def test_promote_of_an_unknown_run_says_so() -> None:
    with pytest.raises(RunUnknownError, match="there is no run 'nope'"):
        model_registry.promote(fake_stack(), "nope")


def test_promote_of_a_run_that_goes_on_says_so() -> None:
    stack = fake_stack()
    stack.session.states.history = succeeded("Plan data")[:2]
    with pytest.raises(RunUnfinishedError, match="goes on in 'Plan data'"):
        model_registry.promote(stack, "x")


def without_encoder(stack: Stack, run: str) -> None:
    """Register and approve a package as another tool would."""
    arn = stack.session.sagemaker.add(run, "Approved")
    package = stack.session.sagemaker.describe_model_package(ModelPackageName=arn)
    package.pop("CustomerMetadataProperties")


def test_packages_of_other_tools_are_no_champions_as_for_the_evaluation() -> None:
    stack = fake_stack()
    stack.session.sagemaker.add("old", "Approved")
    stack.session.sagemaker.add("new", "Approved")
    without_encoder(stack, "foreign")
    found = model_registry.champion(stack, "churn")
    beaten = find_champion(stack.session.sagemaker, "dropforge--churn")
    assert (found.arn, found.run) == (beaten["model_package_arn"], "new")
    assert model_registry.rollback(stack, "churn").champion.run == "old"
    assert statuses(stack) == ["Approved", "Rejected", "Approved"]


def test_promote_approves_a_package_though_one_of_another_tool_is_newer() -> None:
    stack = fake_stack()
    finished_run(stack, "own")
    stack.session.sagemaker.add("own", "PendingManualApproval")
    without_encoder(stack, "foreign")
    change = model_registry.promote(stack, "own")
    assert (change.action, change.champion.run) == ("approved", "own")


def test_rollback_makes_the_model_before_the_champion_again() -> None:
    stack = fake_stack()
    stack.session.sagemaker.add("old", "Approved")
    stack.session.sagemaker.add("failed", "Rejected")
    stack.session.sagemaker.add("new", "Approved")
    change = model_registry.rollback(stack, "churn")
    assert change.package.endswith("/3")
    assert change.champion.run == "old"


def test_rollback_passes_over_the_copies_of_the_same_run() -> None:
    stack = fake_stack()
    for run in ("other", "again", "again"):
        stack.session.sagemaker.add(run, "Approved")
    assert model_registry.rollback(stack, "churn").champion.run == "other"
    assert statuses(stack) == ["Approved", "Rejected", "Rejected"]


def test_rollback_of_a_model_that_was_promoted_anew_goes_to_the_one_it_replaced() -> None:
    stack = fake_stack()
    for run in ("first", "second", "first"):
        stack.session.sagemaker.add(run, "Approved")
    assert model_registry.rollback(stack, "churn").champion.run == "second"
    assert statuses(stack) == ["Approved", "Approved", "Rejected"]


def test_rollback_of_the_only_model_needs_to_be_insisted_on() -> None:
    stack = fake_stack()
    stack.session.sagemaker.add("only", "Approved")
    stack.session.sagemaker.add("only", "Approved")
    with pytest.raises(RegistryError, match=r"no other run of 'churn' .* insist with --yes"):
        model_registry.rollback(stack, "churn")
    assert statuses(stack) == ["Approved", "Approved"]
    assert model_registry.rollback(stack, "churn", to_none=True).champion.arn is None
    with pytest.raises(RegistryError, match="nothing to roll back"):
        model_registry.rollback(stack, "churn", to_none=True)


def test_rollback_takes_packages_that_name_no_run_as_models_of_their_own() -> None:
    stack = fake_stack()
    for _ in range(2):
        arn = stack.session.sagemaker.add("x", "Approved")
        package = stack.session.sagemaker.describe_model_package(ModelPackageName=arn)
        del package["CustomerMetadataProperties"]["run"]
    model_registry.rollback(stack, "churn")
    assert statuses(stack) == ["Approved", "Rejected"]


def test_rollback_of_a_dataset_without_models_is_refused() -> None:
    with pytest.raises(RegistryError, match="'sales' has no approved model"):
        model_registry.rollback(fake_stack(), "sales")

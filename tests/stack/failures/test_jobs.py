"""A job that gets no machine, fails or is cut off ends in one readable message."""

from collections.abc import Callable

from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application
from tests.stack.failures.training_jobs import training_jobs

SAMPLE = sample_csv(SampleSize(rows=400))
Faults = Callable[..., None]


def test_training_without_capacity_waits_and_starts_again(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "capacity", 2)
    run = application.drop("inbox/capacity.csv", SAMPLE)
    assert application.message(run)["status"] == "SUCCEEDED"
    assert training_jobs(application, run) == [run, *(f"{run}-r{n}" for n in (1, 2, 3))]


def test_training_that_never_gets_capacity_ends_with_sagemakers_reason(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "capacity", 99)
    run = application.drop("inbox/no-capacity.csv", SAMPLE)
    message = application.message(run)
    assert message["verdict"] == "failed"
    assert message["cause"].startswith("CapacityError: Unable to provision")
    assert len(training_jobs(application, run)) == 4


def test_training_job_that_fails_is_told_with_its_reason_and_not_repeated(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "fail_job", message="AlgorithmError: out of memory")
    run = application.drop("inbox/broken.csv", SAMPLE)
    message = application.message(run)
    assert message["cause"] == "AlgorithmError: out of memory"
    assert training_jobs(application, run) == [run]


def test_bad_hyperparameter_is_told_in_the_containers_words(application: Application) -> None:
    application.settings("metric", {"hyperparameters": {"eval_metric": "rsme"}})
    run = application.drop("inbox/metric/metric.csv", SAMPLE)
    message = application.message(run)
    assert message["status"] == "FAILED"
    assert "rsme" in message["cause"]


def test_hyperparameter_that_does_not_exist_is_refused_before_training(
    application: Application,
) -> None:
    application.settings("typo", {"hyperparameters": {"max_depht": 3}})
    run = application.drop("inbox/typo/typo.csv", SAMPLE)
    message = application.message(run)
    assert message["verdict"] == "rejected_input"
    assert "did you mean 'max_depth'?" in message["text"]
    assert training_jobs(application, run) == []


def test_model_of_a_job_that_was_cut_off_is_not_judged(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "stopped_job")
    run = application.drop("inbox/cut.csv", SAMPLE)
    message = application.message(run)
    assert (message["status"], message["error"]) == ("FAILED", "TrainingOutOfTime")
    assert "max_runtime_seconds" in message["text"]
    assert application.read(f"runs/{run}/evaluation.json") is None


def test_champion_whose_transform_fails_does_not_fail_the_run(
    application: Application, faults: Faults
) -> None:
    application.settings("pair", {"target": "cancelled"})
    application.message(application.drop("inbox/pair/1.csv", SAMPLE))
    faults("CreateTransformJob", "fail_job", 9, name="*-c", message="InternalServerError")
    run = application.drop("inbox/pair/2.csv", SAMPLE)
    result = application.message(run)["result"]
    # Nobody knows which of the two is better, so a person decides.
    assert result["verdict"] == "pending"
    assert result["champion"] is None
    assert any("transform failed" in warning for warning in result["warnings"])


def test_empty_lines_behind_the_answers_of_a_transform_change_nothing(
    application: Application, faults: Faults
) -> None:
    application.settings("blank", {"target": "cancelled", "scoring": "batch", "reasons": 1})
    faults("CreateTransformJob", "blank_lines", 2)
    run = application.drop("inbox/blank/blank.csv", SAMPLE)
    assert application.message(run)["verdict"] == "approved"
    answers = application.read(f"runs/{run}/predictions/part-00000.csv.out") or b""
    assert answers.endswith(b"\n\n")
    lines = SAMPLE.splitlines(keepends=True)
    scored = application.drop("score/blank/new.csv", b"".join(lines[:50]))
    message = application.message(scored)
    assert message["verdict"] == "scored", message["text"]
    uri = message["result"]["files"]["predictions"]
    result = application.read(uri.removeprefix(f"s3://{application.bucket}/")) or b""
    answers = application.read(f"runs/{scored}/predictions/part-00000.csv.out") or b""
    assert answers.endswith(b"\n\n")
    assert result.count(b"\n") == 50
    assert all(b"(" in line for line in result.splitlines()[1:])

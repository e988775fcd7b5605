import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import drop_keys, run_names

SAGEMAKER_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LONGEST = "-".join("abcdefghijklmnopqrstuvwxyz01234")


@given(st.text(min_size=1, max_size=80))
def test_run_of_execution_of_any_name_leaves_room_for_attempts(name: str) -> None:
    run = run_names.run_of_execution(name)
    attempts = run_names.attempts_of(run)
    assert len(set(attempts)) == len(attempts) == 30
    assert all(len(f"{job}-c") <= 63 and SAGEMAKER_NAME.fullmatch(job) for job in attempts)


def test_run_of_execution_of_a_valid_name_keeps_it() -> None:
    assert run_names.run_of_execution("My-first-run") == "My-first-run"


def test_run_of_execution_of_names_alike_without_accents_differs() -> None:
    assert run_names.run_of_execution("modèle.1") != run_names.run_of_execution("modele.1")


def test_run_name_of_the_longest_dataset_fits_a_job_name() -> None:
    assert drop_keys.drop_of(f"inbox/{LONGEST}/a.csv").dataset == LONGEST
    run = run_names.run_name(LONGEST, MOMENT, "bucket", "key", "v1")
    assert len(run_names.attempts_of(run)[-1]) <= 63
    assert SAGEMAKER_NAME.fullmatch(run_names.attempts_of(run)[-1])
    assert run.startswith("a-b-c-d")


@pytest.mark.parametrize("dataset", ["churn", "a" + "-b" * 30, "a" * 31, "a" + "-b" * 15 + "-c"])
def test_run_stem_of_a_dataset_is_all_that_precedes_a_runs_time(dataset: str) -> None:
    run = run_names.run_name(dataset, MOMENT, "bucket", "key", "v1")
    assert run.partition("-20260102-030405-")[0] == run_names.run_stem(dataset)
    assert dataset.startswith(run_names.run_stem(dataset))


def test_run_name_of_the_same_object_is_the_same_in_any_time_zone() -> None:
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=9)))
    first = run_names.run_name("churn", MOMENT, "bucket", "key", None)
    assert first == run_names.run_name("churn", elsewhere, "bucket", "key", "null")
    assert first.startswith("churn-20260102-030405-")


def test_run_name_of_another_version_differs() -> None:
    names = {run_names.run_name("churn", MOMENT, "bucket", "key", v) for v in (None, "1", "2")}
    assert len(names) == 3


@pytest.mark.parametrize(
    "stack", ["dropforge", "a-stack-with-a-name-of-fifty-characters-or-so-abcd"]
)
@pytest.mark.parametrize("dataset", ["churn", "a" * 31, "a" + "-b" * 15, "a" + "-b" * 14 + "-c"])
def test_package_group_fits_sagemaker_and_begins_with_the_stack(stack: str, dataset: str) -> None:
    group = run_names.package_group(stack, dataset)
    assert SAGEMAKER_NAME.fullmatch(group)
    assert len(group) <= 63
    # The roles name groups by this prefix.
    assert group.startswith(f"{stack}--")


def test_package_groups_of_different_datasets_and_stacks_differ() -> None:
    long = "a" + "-b" * 14
    pairs = [("app", "dev-x"), ("app-dev", "x"), ("s" * 40, f"{long}-c"), ("s" * 40, f"{long}-d")]
    assert len({run_names.package_group(*pair) for pair in pairs}) == len(pairs)


def test_the_pattern_of_a_runs_jobs_fits_its_attempts_and_champions_and_no_other_runs() -> None:
    own = re.compile(run_names.job_pattern("churn-1"))
    suffixes = ["", *(f"-{letter}" for letter in run_names.COMPARISONS)]
    names = [f"{name}{suffix}" for name in run_names.attempts_of("churn-1") for suffix in suffixes]
    assert all(map(own.fullmatch, names))
    others = ("churn", "churn-12", "churn-1-b", "churn-1-w", "churn-1-r1x", "churn-1-c-c")
    assert not any(map(own.fullmatch, others))


@pytest.mark.parametrize(
    "run", ["a", "churn-1", "x" * 57, "a-b" * 19, "churn-20260102-030405-0a1b2c3d"]
)
def test_names_of_searches_fit_sagemaker_and_are_the_runs(run: str) -> None:
    names = run_names.searches_of(run)
    assert len(set(names)) == len(run_names.attempts_of(run))
    assert all(re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}", name) for name in names)
    own = re.compile(run_names.job_pattern(run))
    # SageMaker calls the training jobs of a tuning job after it; models are called after those.
    trials = [f"{name}-{number:03d}-0a1b2c3d" for name in names for number in (1, 500)]
    assert all(own.fullmatch(name) for name in [*names, *trials, f"{trials[0]}-c"])
    assert all(len(name) <= 63 for name in trials)


def test_searches_of_runs_that_begin_alike_differ() -> None:
    runs = ["churn-20260102-030405-0a1b2c3d", "churn-20260102-030406-0a1b2c3d"]
    first, second = (run_names.search_stem(run) for run in runs)
    assert first != second
    assert not re.fullmatch(run_names.job_pattern(runs[0]), f"{second}-001-0a1b2c3d")

"""What goes wrong in SageMaker, in a role, or by a person's hand, ends in one readable message."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application

ROOT = Path(__file__).parents[3]
SAMPLE = sample_csv(SampleSize(rows=400))
Faults = Callable[..., None]


@pytest.fixture(scope="module")
def hurried_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Cloud]:
    """A cloud whose waits of minutes take moments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SFN_WAIT_SCALE", "0.002")
        running = cloud.up(tmp_path_factory.mktemp("hurried"), persist=False)
    yield running
    cloud.down(running)


@pytest.fixture(scope="module")
def application(hurried_cloud: cloud.Cloud) -> Application:
    outputs = cloud.deploy(hurried_cloud, ROOT, "dropforge", {})
    return Application(cloud.session(hurried_cloud), outputs)


@pytest.fixture
def faults(hurried_cloud: cloud.Cloud) -> Iterator[Faults]:
    file = hurried_cloud.state_dir / "faults.json"

    def arrange(operation: str, fault: str, count: int = 1, name: str = "*", **more: Any) -> None:
        entry = {"operation": operation, "name": name, "fault": fault, "count": count, **more}
        file.write_text(json.dumps([entry]))

    yield arrange
    file.write_text("[]")


def training_jobs(application: Application, run: str) -> list[str]:
    answer = application.client("sagemaker").list_training_jobs(
        NameContains=run, SortBy="CreationTime", SortOrder="Ascending"
    )
    return [job["TrainingJobName"] for job in answer["TrainingJobSummaries"]]


def wait_for_job(application: Application, run: str) -> None:
    for _ in range(200):
        if training_jobs(application, run):
            return
        time.sleep(0.1)
    raise AssertionError(f"no training job of {run}: {application.last(run)}")


def test_training_without_quota_for_now_is_tried_under_a_new_name(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "resource_limit", 3)
    run = application.drop("inbox/resource-limit.csv", SAMPLE)
    assert application.message(run)["status"] == "SUCCEEDED"
    assert training_jobs(application, run) == [f"{run}-r3"]


@pytest.mark.parametrize(
    "operation",
    ["CreateTrainingJob", "CreateModel", "CreateTransformJob", "CreateModelPackage"],
)
def test_call_that_sagemaker_throttles_is_made_again_for_minutes(
    application: Application, faults: Faults, operation: str
) -> None:
    faults(operation, "throttling", 15)
    run = application.drop(f"inbox/{operation.lower()}.csv", SAMPLE)
    message = application.message(run)
    assert (message["status"], message["verdict"]) == ("SUCCEEDED", "approved"), message["cause"]
    assert training_jobs(application, run) == [run]


def test_call_that_sagemaker_throttles_for_ever_fails_with_its_words(
    application: Application, faults: Faults
) -> None:
    faults("CreateModel", "throttling", 10_000)
    run = application.drop("inbox/throttled.csv", SAMPLE)
    assert "Rate exceeded" in application.message(run)["cause"]


def test_request_that_is_not_valid_is_made_once(application: Application, faults: Faults) -> None:
    # The fault's words decide: these are no throttle's.
    words = "1 validation error detected"
    faults("CreateModelPackage", "throttling", 1, message=words)
    run = application.drop("inbox/not-valid.csv", SAMPLE)
    assert words in application.message(run)["cause"]


def test_training_without_capacity_waits_and_starts_again(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "capacity", 2)
    run = application.drop("inbox/capacity.csv", SAMPLE)
    assert application.message(run)["status"] == "SUCCEEDED"
    assert training_jobs(application, run) == [run, f"{run}-r1", f"{run}-r2"]


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


def test_model_that_an_unanswered_call_has_made_is_used(
    application: Application, faults: Faults
) -> None:
    # Long enough for the model to be there first.
    faults("CreateTrainingJob", "slow_job", seconds=3)
    run = application.drop("inbox/twice.csv", SAMPLE)
    definition = application.client("stepfunctions").describe_state_machine(
        stateMachineArn=application.machine
    )["definition"]
    saved = json.loads(definition)["States"]["Save Model"]["Parameters"]["PrimaryContainer"]
    iam = application.client("iam")
    [role] = [
        r["Arn"] for r in iam.list_roles()["Roles"] if "SageMakerExecutionRole" in r["RoleName"]
    ]
    container = {
        "Image": saved["Image"],
        "ModelDataUrl": f"s3://{application.bucket}/runs/{run}/model/{run}/output/model.tar.gz",
    }
    application.client("sagemaker").create_model(
        ModelName=run, PrimaryContainer=container, ExecutionRoleArn=role
    )
    assert application.message(run)["status"] == "SUCCEEDED"


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


def test_training_job_that_a_person_stops_is_told_as_such(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "slow_job", seconds=30)
    run = application.drop("inbox/slow.csv", SAMPLE)
    wait_for_job(application, run)
    application.client("sagemaker").stop_training_job(TrainingJobName=run)
    message = application.message(run)
    assert message["error"] == "JobStopped"
    assert "stopped before it ended" in message["text"]


def test_model_of_a_job_that_was_cut_off_is_not_judged(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "stopped_job")
    run = application.drop("inbox/cut.csv", SAMPLE)
    message = application.message(run)
    assert (message["status"], message["error"]) == ("FAILED", "TrainingOutOfTime")
    assert "max_runtime_seconds" in message["text"]
    assert application.read(f"runs/{run}/evaluation.json") is None


def test_execution_that_a_person_stops_stops_its_job_and_is_told(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "slow_job", seconds=30)
    run = application.drop("inbox/aborted.csv", SAMPLE)
    wait_for_job(application, run)
    application.client("stepfunctions").stop_execution(executionArn=application.execution(run))
    message = application.message(run)
    assert message["status"] == "ABORTED"
    assert message["subject"] == "aborted: run stopped"
    job = application.client("sagemaker").describe_training_job(TrainingJobName=run)
    assert job["TrainingJobStatus"] in ("Stopping", "Stopped")


def test_champion_whose_transform_fails_does_not_fail_the_run(
    application: Application, faults: Faults
) -> None:
    application.message(application.drop("inbox/pair/1.csv", SAMPLE))
    faults("CreateTransformJob", "fail_job", 9, name="*-c", message="InternalServerError")
    run = application.drop("inbox/pair/2.csv", SAMPLE)
    result = application.message(run)["result"]
    # Nobody knows which of the two is better, so a person decides.
    assert result["verdict"] == "pending"
    assert result["champion"] is None
    assert any("transform failed" in warning for warning in result["warnings"])


@pytest.fixture
def prepare_policy(
    application: Application,
) -> Iterator[Callable[[Callable[[list[Any]], list[Any]]], None]]:
    """Change the statements of PrepareFunction's role for one test."""
    iam = application.client("iam")
    function = application.client("lambda").get_function_configuration(
        FunctionName=application.outputs["PrepareFunctionArn"]
    )
    place = {"RoleName": function["Role"].rsplit("/", 1)[1], "PolicyName": "Prepare"}
    policy = iam.get_role_policy(**place)["PolicyDocument"]

    def put(statements: list[Any]) -> None:
        document = {**policy, "Statement": statements}
        iam.put_role_policy(**place, PolicyDocument=json.dumps(document))

    yield lambda change: put(change(policy["Statement"]))
    put(policy["Statement"])


def test_function_without_a_permission_fails_with_the_denied_action(
    application: Application, prepare_policy: Any
) -> None:
    prepare_policy(lambda statements: [s for s in statements if s["Sid"] != "WriteRuns"])
    message = application.message(application.drop("inbox/denied.csv", SAMPLE))
    assert message["verdict"] == "failed"
    assert "AccessDenied" in message["cause"]
    assert "PutObject" in message["cause"]


def test_chunk_that_fails_is_told_with_its_own_cause_not_the_map_runs(
    application: Application, prepare_policy: Any
) -> None:
    deny = {
        "Effect": "Deny",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{application.bucket}/runs/*/chunks/*",
    }
    prepare_policy(lambda statements: [*statements, deny])
    message = application.message(application.drop("inbox/denied-chunk.csv", SAMPLE))
    assert message["verdict"] == "failed"
    assert "AccessDenied" in message["cause"]
    assert "tolerated failure threshold" not in message["text"]


def test_name_that_no_state_can_carry_ends_no_run(application: Application) -> None:
    name = "n" * 150_000
    rows = "".join(f"{n * 7 % 31},{n % 13},{n % 2}\n" for n in range(300))
    run = application.drop("inbox/long-name.csv", f"a,b,{name}\n{rows}".encode())
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["cause"]
    assert message["result"]["target"].startswith("nnn")
    assert len(message["text"]) < 20_000
    constant = application.drop("inbox/long-constant.csv", f"a,{name}\n".encode() + b"1,1\n" * 99)
    refused = application.message(constant)
    assert refused["verdict"] == "rejected_input"
    assert refused["cause"].endswith("in pipeline.json")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("encoder.json", b'{"version": 1}', "which Fit encoder wrote, is not as expected"),
        ("request.json", None, "which Plan data wrote, is not there any more"),
    ],
)
def test_file_that_is_damaged_between_states_is_told_with_its_remedy(
    application: Application, faults: Faults, name: str, body: bytes | None, said: str
) -> None:
    faults("CreateTrainingJob", "slow_job", seconds=3)
    run = application.drop(f"inbox/hurt-{name.partition('.')[0]}.csv", SAMPLE)
    wait_for_job(application, run)
    place = {"Bucket": application.bucket, "Key": f"runs/{run}/{name}"}
    s3 = application.client("s3")
    s3.delete_object(**place) if body is None else s3.put_object(Body=body, **place)
    message = application.message(run)
    assert (message["verdict"], message["error"]) == ("failed", "ArtefactError")
    assert f"Evaluate: s3://{application.bucket}/runs/{run}/{name}, {said}" in message["cause"]
    assert "drop the file again" in message["text"]

"""The SAM CLI, unmodified, builds the template and deploys it to the embedded cloud."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropforge import cloud
from seed.sample import SampleSize, sample_csv
from tests.integration.cloud.conftest import run_machine
from tests.integration.cloud.test_seed_train_transform import PROJECT as SEED_TRAIN_TRANSFORM
from tests.integration.cloud.test_seed_train_transform import delete_versions
from tests.stack.application import Application

ROOT = Path(__file__).parents[2]
SAM = ROOT / ".venv-sam" / "bin" / "sam"

pytestmark = [
    pytest.mark.sam,
    pytest.mark.skipif(not SAM.exists(), reason="no SAM CLI in .venv-sam; `make test` installs it"),
]


@pytest.fixture
def empty_cloud(tmp_path: Path) -> Iterator[cloud.Cloud]:
    running = cloud.up(tmp_path / "cloud", persist=False)
    yield running
    cloud.down(running)


def sam(*arguments: str, endpoint: cloud.Cloud, root: Path = ROOT) -> None:
    credentials = cloud.session(endpoint).get_credentials()
    assert credentials is not None
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint.endpoint,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_DEFAULT_REGION": endpoint.region,
        "SAM_CLI_TELEMETRY": "0",
        "PYTHON": str(SAM.parent / "python"),
    }
    done = subprocess.run(
        [str(SAM), *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=420,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_template_built_and_deployed_by_sam_trains_on_a_drop(
    empty_cloud: cloud.Cloud, tmp_path: Path
) -> None:
    build = str(tmp_path / "build")
    sam("build", "--parallel", "--build-dir", build, endpoint=empty_cloud)
    # SAM looks for samconfig.toml beside the template, and this one was built elsewhere.
    place = ("--template-file", f"{build}/template.yaml", "--config-file", f"{ROOT}/samconfig.toml")
    sam("deploy", "--config-env", "local", *place, endpoint=empty_cloud)
    session = cloud.session(empty_cloud)
    [stack] = session.client("cloudformation").describe_stacks(StackName="dropforge-local")[
        "Stacks"
    ]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    application = Application(session, outputs)
    application.settings("churn", {"target": "cancelled"})
    run = application.drop("inbox/churn.csv", sample_csv(SampleSize(rows=600)))
    assert application.message(run)["verdict"] == "approved"


def test_stack_like_awss_sample_is_deployed_and_deleted_by_sam(empty_cloud: cloud.Cloud) -> None:
    """As its page says: `sam deploy` alone, and `sam delete` of the emptied bucket."""
    named = ("--stack-name", "sample", "--region", empty_cloud.region)
    deploy = ("deploy", "--resolve-s3", "--capabilities", "CAPABILITY_IAM")
    sam(*deploy, *named, endpoint=empty_cloud, root=SEED_TRAIN_TRANSFORM)
    session = cloud.session(empty_cloud)
    [machine] = session.client("stepfunctions").list_state_machines()["stateMachines"]
    ended = run_machine(session.client("stepfunctions"), machine["stateMachineArn"], "first")
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    delete_versions(session.client("s3"))
    sam("delete", "--no-prompts", *named, endpoint=empty_cloud, root=SEED_TRAIN_TRANSFORM)
    assert session.client("stepfunctions").list_state_machines()["stateMachines"] == []

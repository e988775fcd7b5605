"""What one state leaves to the next: a name that is too long, a file that is damaged."""

from collections.abc import Callable

import pytest

from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application
from tests.stack.failures.training_jobs import wait_for_job

SAMPLE = sample_csv(SampleSize(rows=400))
Faults = Callable[..., None]


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

"""How the bench of containers calls SAM and Docker, with both played by scripts."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from bench.containers import __main__ as bench
from bench.containers import engine
from bench.containers.engine import Call, invoke, missing
from bench.containers.judge import FAILED, REFUSAL, RESULT, Outcome
from dropforge import cloud as clouds
from dropforge.cloud.door.bridge import Bridge


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Return what puts a program onto the PATH; there is no other."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name: str, script: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return put


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let SAM and a build be there."""
    monkeypatch.setattr(engine, "SAM", engine.PROJECT_ROOT / "Makefile")
    monkeypatch.setattr(engine, "BUILT", engine.PROJECT_ROOT / "Makefile")


def call(image: str | None = None) -> Call:
    return Call(Path("t.yaml"), Path("env.json"), image, {"AWS_ENDPOINT_URL": "http://x"})


def test_an_event_is_handed_to_its_function_in_the_shell_of_the_cloud(
    program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'echo "[\\"$*\\", \\"$AWS_ENDPOINT_URL\\", \\"$AWS_PROFILE\\"]"'
    monkeypatch.setattr(engine, "SAM", program("sam", script))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    outcome, seconds = invoke(Path("made/prepare-plan.json"), call("other:1"))
    assert outcome.kind == RESULT
    arguments, endpoint, profile = json.loads(outcome.text)
    assert arguments == (
        "local invoke PrepareFunction --skip-pull-image --template t.yaml --env-vars env.json "
        "--event made/prepare-plan.json --invoke-image other:1"
    )
    assert (endpoint, profile) == ("http://x", "")
    assert seconds > 0


def test_an_invocation_that_hangs_has_failed(
    program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SAM", program("sam", "exec /bin/sleep 5"))
    monkeypatch.setattr(engine, "_INVOKE_SECONDS", 0.2)
    outcome, _ = invoke(Path("prepare-plan.json"), call())
    assert (outcome.kind, outcome.text) == (FAILED, "no end within 0.2 s")


def test_an_image_that_is_there_is_not_pulled(
    ready: None, program: Callable[[str, str], Path]
) -> None:
    program("docker", f'[ "$*" = "image inspect {engine.LAMBDA_IMAGE}" ]')
    assert missing(None) == ""
    assert "other:1 is not on this machine" in missing("other:1")


def test_an_image_that_can_be_pulled_is_fetched(
    ready: None, program: Callable[[str, str], Path]
) -> None:
    program("docker", f'[ "$*" = "pull --quiet {engine.LAMBDA_IMAGE}" ]')
    assert missing(None) == ""


def test_an_image_that_cannot_be_had_is_told_with_the_remedy(
    ready: None, program: Callable[[str, str], Path]
) -> None:
    program("docker", "echo 'Error response: no such host' >&2; exit 1")
    said = missing(None)
    assert engine.LAMBDA_IMAGE in said
    assert "(Error response: no such host)" in said
    assert "make test-docker IMAGE=NAME" in said


def test_without_a_build_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SAM", engine.PROJECT_ROOT / "Makefile")
    monkeypatch.setattr(engine, "BUILT", engine.PROJECT_ROOT / ".aws-sam/none.yaml")
    assert missing(None) == "there is no .aws-sam/none.yaml; `make build` makes it"


def test_without_docker_nothing_runs_and_the_exit_code_says_so(
    program: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["bench.containers"])
    assert bench.main() == 1
    assert capsys.readouterr().out == (
        "Nothing was run: there is no `docker` on the PATH; install it, start Docker's engine.\n"
    )


@pytest.mark.parametrize(
    ("only", "failing", "code", "said"),
    [
        ("*", "", 0, "2 of 2 events ended as they should: 1 with a result, 1 with the refusal"),
        ("*", "prepare-plan", 1, "1 of 2 events ended as they should"),
        ("prepare-*", "prepare-plan", 1, "docker0"),
        ("prepare-*", "trigger-not-csv", 0, "1 of 1 events"),
        ("none-*", "", 1, "0 of 0 events"),
    ],
)
def test_the_exit_code_is_that_of_the_events_that_were_chosen(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    only: str,
    failing: str,
    code: int,
    said: str,
) -> None:
    files = {name: f"made/{name}.json" for name in ("prepare-plan", "trigger-not-csv")}
    made = {"files": files, "template": "t.yaml", "env_vars": "env.json"}

    def invoked(event: Path, _call: Call) -> tuple[Outcome, float]:
        kind = REFUSAL if event.stem == "trigger-not-csv" else RESULT
        return Outcome(FAILED if event.stem == failing else kind, "it"), 1.0

    monkeypatch.setattr("sys.argv", ["bench.containers", "--only", only])
    monkeypatch.setattr(clouds, "find_bridge", lambda: Bridge.read("172.17.0.1/16"))
    monkeypatch.setattr(bench, "missing", lambda _image: "")
    monkeypatch.setattr(bench, "_cloud", lambda *_: nullcontext())
    monkeypatch.setattr(bench, "_events", lambda *_: made)
    monkeypatch.setattr(bench, "_shell", lambda _cloud: {})
    monkeypatch.setattr(bench, "invoke", invoked)
    assert bench.main() == code
    assert said in capsys.readouterr().out

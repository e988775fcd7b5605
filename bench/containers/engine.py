"""What a container needs on this machine, and one that `sam local invoke` starts."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.containers.judge import FAILED, Outcome, judge
from dropforge.environment import PROJECT_ROOT

SAM = PROJECT_ROOT / ".venv-sam/bin/sam"
BUILT = PROJECT_ROOT / ".aws-sam/build/template.yaml"
LAMBDA_IMAGE = "public.ecr.aws/lambda/python:3.13-x86_64"
"""What SAM takes for functions of the template's runtime and architecture."""
_PULL_SECONDS = 600
_INVOKE_SECONDS = 300


@dataclass(frozen=True)
class Call:
    """How SAM is called.

    Parameters
    ----------
    image : another than AWS's; None for that.
    shell : variables of the shell in which a person would call it.
    """

    template: Path
    variables: Path
    image: str | None
    shell: dict[str, str]


def missing(image: str | None) -> str:
    """Say what is not there, after an attempt to fetch the image; empty if all is."""
    if not SAM.exists():
        return f"there is no {SAM.relative_to(PROJECT_ROOT)}; `make build` installs it"
    if not BUILT.exists():
        return f"there is no {BUILT.relative_to(PROJECT_ROOT)}; `make build` makes it"
    name = image or LAMBDA_IMAGE
    if _docker("image", "inspect", name).returncode == 0:
        return ""
    print(f"Pulling {name} ...", flush=True)
    try:
        pulled = _docker("pull", "--quiet", name)
    except subprocess.TimeoutExpired:
        return f"{name} was not pulled within {_PULL_SECONDS} s; pull it with `docker pull {name}`"
    if pulled.returncode == 0:
        return ""
    said = pulled.stderr.strip().splitlines() or [f"exit code {pulled.returncode}"]
    return (
        f"the image {name} is not on this machine and cannot be pulled ({said[-1].rstrip('.')}); "
        "name one that answers as it does: make test-docker IMAGE=NAME"
    )


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ("docker", *arguments)
    return subprocess.run(
        command, capture_output=True, text=True, timeout=_PULL_SECONDS, check=False
    )


def invoke(event: Path, call: Call) -> tuple[Outcome, float]:
    """Hand an event to its function in a container; return what came of it, and the seconds."""
    command = [str(SAM), "local", "invoke", function_of(event.stem), "--skip-pull-image"]
    command += ["--template", str(call.template), "--env-vars", str(call.variables)]
    command += ["--event", str(event)] + (["--invoke-image", call.image] if call.image else [])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    began = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            env={**kept, **call.shell, "SAM_CLI_TELEMETRY": "0"},
            capture_output=True,
            text=True,
            timeout=_INVOKE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(FAILED, f"no end within {_INVOKE_SECONDS} s"), time.monotonic() - began
    outcome = judge(event.stem, done.returncode, done.stdout, done.stderr)
    return outcome, time.monotonic() - began


def function_of(event: str) -> str:
    """Return the function that an event's file is for, by its logical id."""
    return f"{event.partition('-')[0].title()}Function"

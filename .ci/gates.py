"""Runs every gate of the repository and says at the end which held.

As many run at a time as there are processors, each of which prints when it has ended; the tests,
which have limits of time, run after all others. A gate that cannot run on this machine is skipped,
and says why; with CI=true in the environment that is a failure.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SAM = ROOT / ".venv-sam/bin/sam"
CHECKOV = ROOT / ".venv-checkov/bin/checkov"
ASL_VALIDATOR = ROOT / ".cache/asl-validator/node_modules/.bin/asl-validator"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
APT_SECONDS = 240
REGION = "us-east-1"
"""A region for the linters that ask for one; nothing is called there."""


@dataclass(frozen=True)
class Gate:
    """A gate.

    Parameters
    ----------
    command : what to run; it holds if that exits 0.
    skip : why it cannot run here; empty if it can.
    alone : it begins when all before it have ended, and prints as it goes.
    """

    name: str
    command: tuple[str, ...]
    skip: str = ""
    alone: bool = False


def gates(lint_only: bool) -> Iterator[Gate]:
    """Yield the gates, the longest first, but for those that run alone."""
    if not lint_only:
        yield Gate("bench-quick", (str(BIN / "python"), "-m", "bench.quick"))
    yield Gate("ruff check", (str(BIN / "ruff"), "check", "--quiet", "."))
    yield Gate("ruff format", (str(BIN / "ruff"), "format", "--quiet", "--check", "."))
    yield Gate("mypy", (str(BIN / "mypy"), "--no-error-summary"))
    yield Gate("cfn-lint", (str(BIN / "cfn-lint"), "--regions", REGION, "--", "template.yaml"))
    yield Gate("sam validate", (str(SAM), "validate", "--lint", "--region", REGION))
    yield Gate(
        "checkov", (str(CHECKOV), "--config-file", ".checkov.yaml", "--file", "template.yaml")
    )
    yield _asl_validator()
    if not lint_only:
        yield Gate("chromium", ("true",), skip=_without_browser())
        pytest = (str(BIN / "python"), "-m", "pytest", "-n", "2", "-q")
        yield Gate("pytest", pytest, alone=True)


def _asl_validator() -> Gate:
    files = [_with_partition(path) for path in sorted(ROOT.glob("statemachine/*.asl.json"))]
    given = tuple(part for file in files for part in ("--json-path", str(file)))
    skip = "" if ASL_VALIDATOR.exists() else "npm is missing or could not install asl-validator"
    # Placeholders such as ${SeedFunctionArn} stand where ARNs will be.
    return Gate("asl-validator", (str(ASL_VALIDATOR), "--no-arn-check", *given), skip)


def _with_partition(path: Path) -> Path:
    """Copy a definition with its partition filled in: the validator knows only real ones."""
    copy = ROOT / ".cache" / path.name
    copy.parent.mkdir(exist_ok=True)
    copy.write_text(path.read_text(encoding="utf-8").replace("${Partition}", "aws"))
    return copy


def _without_browser() -> str:
    """Return why pages cannot be tested here, after an attempt to change that."""
    if _browser() or (_install_chromium() and _browser()):
        return ""
    return "page tests are skipped; they need chromium (Debian, Ubuntu: apt install chromium)"


def _browser() -> str | None:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or (str(MAC_BROWSER) if MAC_BROWSER.exists() else None)


def _install_chromium() -> bool:
    """Install chromium where that needs no question: as root, or with sudo that asks nothing."""
    if not shutil.which("apt-get"):
        return False
    sudo: tuple[str, ...] = ()
    if os.geteuid() != 0:
        if (
            not shutil.which("sudo")
            or subprocess.run(("sudo", "-n", "true"), check=False).returncode
        ):
            return False
        sudo = ("sudo", "-n")
    print("Installing chromium for the page tests ...", flush=True)
    install = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    environment = (*sudo, "env", "DEBIAN_FRONTEND=noninteractive")
    try:
        # A machine's package lists are often there already; fetching them takes longer.
        for command in (install, ("apt-get", "update"), install):
            done = subprocess.run(
                (*environment, *command), check=False, timeout=APT_SECONDS, capture_output=True
            )
            if command is install and done.returncode == 0:
                return True
    except subprocess.TimeoutExpired:
        return False
    return False


def run(gate: Gate, environment: Mapping[str, str], strict: bool) -> str:
    """Run a gate and return its outcome: ok, FAILED or skipped, with the seconds or the reason."""
    if gate.skip:
        return f"FAILED   {gate.skip}" if strict else f"skipped  {gate.skip}"
    if gate.alone:
        print(f"--- {gate.name}", flush=True)
    began = time.monotonic()
    try:
        done = subprocess.run(
            gate.command, cwd=ROOT, env=environment, check=False,
            stdout=None if gate.alone else subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        return f"FAILED   {error}"
    if not gate.alone:
        # In one piece, as others print beside it.
        print(f"--- {gate.name}\n{done.stdout.decode(errors='replace')}", end="", flush=True)
    return f"{'FAILED' if done.returncode else 'ok':<8} {time.monotonic() - began:.1f} s"


def _run_all(lint_only: bool, environment: Mapping[str, str], strict: bool) -> dict[str, str]:
    begun: dict[str, Future[str]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for gate in gates(lint_only):
            if gate.alone:
                wait(begun.values())
            begun[gate.name] = pool.submit(run, gate, environment, strict)
    return {name: future.result() for name, future in begun.items()}


def main(arguments: list[str], say: Callable[[str], None] = print) -> int:
    """Run the gates; 0 if all held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lint", action="store_true", help="leave the tests out")
    options = parser.parse_args(arguments)
    strict = os.environ.get("CI", "").lower() in ("1", "true")
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "AWS_EC2_METADATA_DISABLED": "true"}
    outcomes = _run_all(options.lint, environment, strict)
    say("\nGates")
    for name, outcome in outcomes.items():
        say(f"  {name:<14} {outcome}")
    failed = [name for name, outcome in outcomes.items() if outcome.startswith("FAILED")]
    say(
        f"{len(failed)} of {len(outcomes)} gates failed: {', '.join(failed)}"
        if failed
        else "All held."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

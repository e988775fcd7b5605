"""The gates' runner and the check of package sizes."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ci_{name}", ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


gates = load("gates")
package_sizes = load("package_sizes")


@pytest.mark.parametrize(
    ("command", "skip", "strict", "outcome"),
    [
        (("true",), "", False, "ok"),
        (("false",), "", False, "FAILED"),
        (("no-such-program",), "", False, "FAILED"),
        (("true",), "no browser", False, "skipped  no browser"),
        (("true",), "no browser", True, "FAILED   no browser"),
    ],
)
def test_a_gate_says_how_it_went(
    command: tuple[str, ...], skip: str, strict: bool, outcome: str
) -> None:
    assert gates.run(gates.Gate("g", command, skip), {}, strict).startswith(outcome)


@pytest.mark.parametrize(
    ("command", "code", "said"), [("true", 0, "All held"), ("false", 1, "bad")]
)
def test_main_runs_every_gate_and_sums_up(
    monkeypatch: pytest.MonkeyPatch, command: str, code: int, said: str
) -> None:
    monkeypatch.setattr(
        gates,
        "gates",
        lambda _lint: [gates.Gate("bad", (command,)), gates.Gate("good", ("true",))],
    )
    heard: list[str] = []
    assert gates.main([], heard.append) == code
    assert said in heard[-1]
    assert any("good" in line for line in heard)


def test_every_gate_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_without_browser", lambda: "")
    names = [gate.name for gate in gates.gates(lint_only=False)]
    assert names == [
        *("bench-quick", "ruff check", "ruff format", "mypy", "cfn-lint", "sam validate"),
        *("checkov", "asl-validator", "chromium", "pytest"),
    ]


def test_only_the_tests_run_alone_and_linting_has_no_benches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "_without_browser", lambda: "")
    assert [gate.name for gate in gates.gates(lint_only=False) if gate.alone] == ["pytest"]
    assert "bench-quick" not in [gate.name for gate in gates.gates(lint_only=True)]


def test_a_gate_that_runs_alone_begins_when_the_others_have_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    slow = gates.Gate("slow", ("sh", "-c", f"sleep 0.3; echo slow >> {log}"))
    alone = gates.Gate("alone", ("sh", "-c", f"echo alone >> {log}"), alone=True)
    monkeypatch.setattr(gates, "gates", lambda _lint: [slow, alone])
    heard: list[str] = []
    assert gates.main([], heard.append) == 0
    assert log.read_text().split() == ["slow", "alone"]


def test_what_a_gate_prints_is_in_one_piece_with_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gates.run(gates.Gate("g", ("sh", "-c", "echo out; echo err >&2; exit 1")), {}, strict=False)
    assert capsys.readouterr().out == "--- g\nout\nerr\n"


def test_a_browser_is_never_installed_if_that_takes_a_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[tuple[str, ...]] = []

    def refuse(command: tuple[str, ...], **_options: object) -> object:
        ran.append(command)
        return type("Done", (), {"returncode": 1})

    monkeypatch.setattr(gates.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(gates.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(gates.subprocess, "run", refuse)
    assert not gates._install_chromium()
    assert ran == [("sudo", "-n", "true")]


def build(folder: Path, layer_bytes: int) -> Path:
    (folder / "template.yaml").write_text(
        """
        Resources:
          Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "${X}-y"}}
          SeedFunction:
            Type: AWS::Serverless::Function
            Properties: {CodeUri: SeedFunction}
          PrepareFunction:
            Type: AWS::Serverless::Function
            Properties: {CodeUri: PrepareFunction, Layers: [!Ref TabularLayer]}
        """
    )
    for name, size in (
        ("SeedFunction", 10),
        ("PrepareFunction", 20),
        ("TabularLayer", layer_bytes),
    ):
        (folder / name / "deep").mkdir(parents=True)
        (folder / name / "deep" / "code.py").write_bytes(b"x" * size)
    return folder


def test_package_sizes_count_a_function_with_its_layers(tmp_path: Path) -> None:
    sizes = package_sizes.package_sizes(build(tmp_path, 1000))
    assert sizes == {"SeedFunction": 10, "PrepareFunction": 1020}


@pytest.mark.parametrize(("limit", "code"), [(1020, 0), (1019, 1)])
def test_package_sizes_fail_over_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, code: int
) -> None:
    monkeypatch.setattr(package_sizes, "LIMIT_BYTES", limit)
    assert package_sizes.main(build(tmp_path, 1000)) == code

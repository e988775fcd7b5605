"""What `dropforge events` writes for containers, and what it says where there is nothing to."""

from pathlib import Path

import pytest

from dropforge.cli.commands import events
from dropforge.cli.screen.output import Output
from tests.unit.cli.fakes import fake_stack

REACHED = {"AWS_ENDPOINT_URL": "http://172.17.0.1:4566"}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a build, and let the command look for it there."""
    file = tmp_path / "build" / "template.yaml"
    file.parent.mkdir()
    file.write_text("Resources: {}\n", encoding="utf-8")
    monkeypatch.setattr(events, "_BUILT", file)
    return file


def test_a_container_gets_a_template_of_the_build(built: Path, tmp_path: Path) -> None:
    found = events._template(fake_stack(), REACHED, tmp_path, Output(as_json=True))
    assert found == tmp_path / "template.yaml"
    assert "http://172.17.0.1:4566" in found.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("reached", "is_built", "said"),
    [({}, True, "`dropforge up --docker`"), (REACHED, False, "`make build`")],
)
def test_where_no_container_could_run_an_old_template_goes_and_the_remedy_is_said(
    built: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    reached: dict[str, str],
    is_built: bool,
    said: str,
) -> None:
    old = tmp_path / "template.yaml"
    old.write_text("of a cloud that is gone", encoding="utf-8")
    if not is_built:
        built.unlink()
    assert events._template(fake_stack(), reached, tmp_path, Output(as_json=True)) is None
    assert not old.exists()
    assert said in capsys.readouterr().err


def test_for_a_stack_on_aws_the_build_itself_is_used(built: Path, tmp_path: Path) -> None:
    stack, output = fake_stack("dev"), Output(as_json=True)
    assert events._template(stack, {}, tmp_path, output) == built
    built.unlink()
    assert events._template(stack, {}, tmp_path, output) is None
    assert not (tmp_path / "template.yaml").exists()

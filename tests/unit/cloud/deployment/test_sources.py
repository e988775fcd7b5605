"""What a deployment reads: noticed when it changes, checked before it is deployed."""

from pathlib import Path

import pytest

from dropforge.cloud.deployment.sources import Sources

TEMPLATE = """
Resources:
  Function: {Type: "AWS::Serverless::Function", Properties: {CodeUri: functions/}}
  Machine: {Type: "AWS::Serverless::StateMachine", Properties: {DefinitionUri: machine.json}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "functions" / "seed").mkdir(parents=True)
    (tmp_path / "functions" / "seed" / "handler.py").write_text("x = 1\n")
    (tmp_path / "machine.json").write_text("{}")
    (tmp_path / "settings.toml").write_text("")
    return tmp_path


@pytest.fixture
def sources(project: Path) -> Sources:
    return Sources(project, [project / "settings.toml"])


def test_sources_are_the_template_what_it_names_and_the_others(sources: Sources) -> None:
    assert sorted(sources.marks()) == [
        "functions/seed/handler.py",
        "machine.json",
        "settings.toml",
        "template.yaml",
    ]


@pytest.mark.parametrize(
    "name", ["template.yaml", "functions/seed/handler.py", "machine.json", "settings.toml"]
)
def test_file_that_is_written_changes_its_mark_and_no_other(
    project: Path, sources: Sources, name: str
) -> None:
    before = sources.marks()
    (project / name).write_text((project / name).read_text() + "\n")
    after = sources.marks()
    assert {each for each in after if after[each] != before[each]} == {name}


def test_file_that_an_editor_renames_into_place_changes_its_mark(
    project: Path, sources: Sources
) -> None:
    handler, before = project / "functions" / "seed" / "handler.py", sources.marks()
    draft = handler.with_name(".handler.py.swp")
    draft.write_text("x = 2\n")
    assert sources.marks() == before
    draft.replace(handler)
    assert sources.marks() != before


def test_new_and_deleted_files_are_noticed(project: Path, sources: Sources) -> None:
    sources.marks()
    (project / "functions" / "new.py").write_text("")
    (project / "machine.json").unlink()
    marks = sources.marks()
    assert "functions/new.py" in marks
    assert "machine.json" not in marks


def test_template_that_cannot_be_read_leaves_the_files_that_it_named(
    project: Path, sources: Sources
) -> None:
    before = sources.marks()
    (project / "template.yaml").write_text("Resources: [")
    assert set(sources.marks()) == set(before)
    (project / "template.yaml").unlink()
    assert set(sources.marks()) == set(before) - {"template.yaml"}


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("functions/seed/handler.py", "x = 1\ndef (\n", "functions/seed/handler.py, line 2: "),
        ("functions/seed/handler.py", "return 1\n", "line 1: 'return' outside function"),
        ("functions/seed/handler.py", "x = '\0'\n", "functions/seed/handler.py"),
        ("machine.json", '{\n"States": }', "machine.json, line 2: Expecting value"),
        ("template.yaml", "Resources: [", "template.yaml is no YAML"),
        ("template.yaml", "Description: x", "has no Resources"),
    ],
)
def test_fault_of_a_file_says_where_it_is(
    project: Path, sources: Sources, name: str, text: str, fault: str
) -> None:
    assert sources.faults(sources.marks()) == []
    (project / name).write_text(text)
    (found,) = sources.faults(sources.marks())
    assert fault in found
    # It is found again until it is put right.
    assert sources.faults(sources.marks()) == [found]


def test_file_that_is_gone_when_it_is_checked_has_no_fault(project: Path, sources: Sources) -> None:
    marks = sources.marks()
    (project / "machine.json").unlink()
    assert sources.faults(marks) == []


def test_sound_file_is_not_read_again(
    project: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources.faults(sources.marks())
    monkeypatch.setattr(Path, "read_bytes", lambda _path: pytest.fail("read"))
    assert sources.faults(sources.marks()) == []


def test_function_that_warns_is_no_fault(project: Path, sources: Sources) -> None:
    (project / "functions" / "seed" / "handler.py").write_text("x = '\\d'\n")
    assert sources.faults(sources.marks()) == []

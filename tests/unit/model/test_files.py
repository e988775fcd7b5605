"""A model's two files, and what is said where they are no model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dropforge.errors import ModelUnusableError
from dropforge.model.files import load_files
from tests.unit.model.made import Made, write_model


@pytest.fixture
def made(tmp_path: Path) -> Made:
    data = "\n".join(["x,z,y", *(f"{n % 7},{n % 5},{n % 2}" for n in range(100))]).encode()
    return Made(tmp_path, data, {"target": "y"})


def refusal(place: Path) -> str:
    with pytest.raises(ModelUnusableError) as caught:
        load_files(place)
    return str(caught.value)


def test_directory_archive_and_encoder_are_the_same_model(made: Made) -> None:
    (made.folder / "evaluation.json").write_text('{"run": "set-1"}')
    row = {"x": 1, "z": 2}
    found = [
        load_files(place)
        for place in (made.folder, made.folder / "model.tar.gz", made.folder / "encoder.json")
    ]
    assert len({str(model.predict(row)) for model in found}) == 1
    assert [model.run for model in found] == ["set-1"] * 3
    assert load_files(made.folder, "set-2").run == "set-2"


@pytest.mark.parametrize("name", ["model.tar.gz", "encoder.json"])
def test_a_missing_file_is_named_with_how_to_get_it(made: Made, name: str) -> None:
    (made.folder / name).unlink()
    assert refusal(made.folder) == (
        f"{made.folder / name} is not there; a model is the two files model.tar.gz and "
        f"encoder.json in one directory, as `dropforge fetch RUN` writes them to dropforge-out/RUN"
    )


def test_an_encoder_of_another_version_is_told_with_both_versions(made: Made) -> None:
    (made.folder / "encoder.json").write_text(json.dumps({**made.encoder, "version": 7}))
    said = refusal(made.folder)
    assert "is of version 7" in said
    assert "reads versions up to 2" in said
    assert "train it anew" in said


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"version": 1}', '{"version": "1"}', "\xff"])
def test_what_is_no_encoder_is_refused(made: Made, body: str) -> None:
    (made.folder / "encoder.json").write_bytes(body.encode("latin-1"))
    assert "is no encoder of a model" in refusal(made.folder)


def test_a_damaged_archive_is_refused(made: Made) -> None:
    body = (made.folder / "model.tar.gz").read_bytes()
    (made.folder / "model.tar.gz").write_bytes(body[:-20])
    assert "cannot be loaded: it ends too early" in refusal(made.folder)
    write_model(made.folder, {"xgboost-model": b"nothing"})
    assert "cannot be loaded: its model is " in refusal(made.folder)


def test_a_model_of_another_run_is_told_by_its_features(made: Made) -> None:
    encoder = made.encoder
    encoder["features"] = encoder["features"][:1]
    (made.folder / "encoder.json").write_text(json.dumps(encoder))
    assert "takes 2 features" in refusal(made.folder)
    assert "makes 1: they are of different runs" in refusal(made.folder)


def test_import_of_dropforge_is_light() -> None:
    code = (
        "import sys, dropforge; heavy = {'polars', 'xgboost', 'numpy', 'boto3', 'rich', 'typer'};"
        "print(sorted(heavy & set(sys.modules)), callable(dropforge.load))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd="/")
    assert done.stdout == "[] True\n", done.stderr


def test_package_of_a_clone_works_from_any_directory(made: Made) -> None:
    code = (
        f"import dropforge; print(dropforge.load({str(made.folder)!r}).predict({{'x': 1, 'z': 2}}))"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True, text=True, cwd="/", env=environment,
    )  # fmt: skip
    assert done.stdout.startswith("{'prediction': "), done.stderr

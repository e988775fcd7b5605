"""Environments of samconfig.toml."""

from pathlib import Path

import pytest

from dropforge.environment import CONFIG_FILE, read_environment
from dropforge.errors import EnvironmentUnknownError


def config(folder: Path, text: str) -> Path:
    file = folder / "samconfig.toml"
    file.write_text(text)
    return file


def test_environment_joins_what_is_global_and_what_is_for_deploy(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        """
        [dev.global.parameters]
        stack_name = "mine"
        region = "eu-west-1"
        [dev.deploy.parameters]
        region = "eu-north-1"
        profile = "work"
        parameter_overrides = ["LogRetentionInDays=7", "NotificationEmail=a@b.c"]
        """,
    )
    environment = read_environment("dev", file)
    assert (environment.stack_name, environment.region) == ("mine", "eu-north-1")
    assert environment.profile == "work"
    assert environment.parameters == {"LogRetentionInDays": "7", "NotificationEmail": "a@b.c"}
    assert not environment.is_local


def test_environment_takes_overrides_written_as_one_string(tmp_path: Path) -> None:
    text = """[dev.deploy.parameters]\nstack_name = "s"\nparameter_overrides = 'A="x y" B=2'"""
    assert read_environment("dev", config(tmp_path, text)).parameters == {"A": "x y", "B": "2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 0.1\n[prod.deploy.parameters]\nstack_name = 's'", "it has prod$"),
        ("[dev.deploy.parameters]\nregion = 'r'", "gives no stack_name"),
        ("[dev", "cannot be read"),
        ("[dev.deploy.parameters]\nstack_name='s'\nparameter_overrides='A'", "as Key=Value"),
    ],
)
def test_environment_that_cannot_be_had_says_why(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(EnvironmentUnknownError, match=words):
        read_environment("dev", config(tmp_path, text))


def test_environment_of_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnknownError, match="cannot be read"):
        read_environment("dev", tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["local", "dev", "prod"])
def test_every_environment_that_is_shipped_can_be_read(name: str) -> None:
    environment = read_environment(name, CONFIG_FILE)
    assert environment.stack_name.startswith("dropforge")
    assert environment.is_local == (name == "local")

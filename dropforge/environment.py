"""The environments of samconfig.toml: which stack, in which region, under which profile.

``sam deploy --config-env NAME`` and ``dropforge --env NAME`` read the same table.
Source: SAM developer guide, AWS SAM CLI configuration file.
"""

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dropforge.errors import EnvironmentUnknownError

PROJECT_ROOT = Path(__file__).resolve().parents[1]
CONFIG_FILE = PROJECT_ROOT / "samconfig.toml"
LOCAL = "local"


@dataclass(frozen=True)
class Environment:
    """One environment.

    Parameters
    ----------
    region, profile : None leaves the choice to the AWS SDK's own configuration.
    parameters : of the stack, as sam deploy would pass them.
    """

    name: str
    stack_name: str
    region: str | None = None
    profile: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether its stack lives in the local cloud."""
        return self.name == LOCAL


def read_environment(name: str, file: Path = CONFIG_FILE) -> Environment:
    """Read an environment.

    Raises
    ------
    EnvironmentUnknownError
        The file cannot be read, or the environment or its stack name is not in it.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EnvironmentUnknownError(f"{file} cannot be read: {error}") from error
    known = {key: table for key, table in tables.items() if isinstance(table, dict)}
    if name not in known:
        raise EnvironmentUnknownError(
            f"{file.name} has no environment {name!r}; it has {', '.join(sorted(known))}"
        )
    values = {**_parameters(known[name], "global"), **_parameters(known[name], "deploy")}
    if not values.get("stack_name"):
        raise EnvironmentUnknownError(
            f"{file.name} gives no stack_name in [{name}.deploy.parameters]; add it there"
        )
    return Environment(
        name=name,
        stack_name=str(values["stack_name"]),
        region=values.get("region"),
        profile=values.get("profile"),
        parameters=_overrides(values.get("parameter_overrides", []), file, name),
    )


def _parameters(table: dict[str, Any], command: str) -> dict[str, Any]:
    section = table.get(command, {}).get("parameters", {})
    return section if isinstance(section, dict) else {}


def _overrides(given: str | list[str], file: Path, name: str) -> dict[str, str]:
    """Read ``Key=Value`` pairs, written as a list or as one string with spaces between."""
    pairs = shlex.split(given) if isinstance(given, str) else [str(item) for item in given]
    split = [pair.partition("=") for pair in pairs]
    bad = [
        pair for pair, (key, equals, _) in zip(pairs, split, strict=True) if not key or not equals
    ]
    if bad:
        raise EnvironmentUnknownError(
            f"{file.name}: parameter_overrides of {name} holds {bad[0]!r}; write it as Key=Value"
        )
    return {key: value.strip("\"'") for key, _, value in split}

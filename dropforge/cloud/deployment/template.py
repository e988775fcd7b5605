"""Read a SAM template, and put S3 locations in place of its local paths.

This is what `sam build` and `sam package` do before CreateStack, without
installing anything: on the local cloud the wheels come from this environment.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dropforge.errors import DeployError

Template = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short function names, and dates left as text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _function(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


@dataclass(frozen=True)
class Artifact:
    """A property of a template that names local files."""

    holder: dict[str, Any]
    key: str
    path: str
    kind: str  # "code", "layer" or "definition"


# Where templates name local files (SAM specification, resource types).
_PROPERTIES = {
    "AWS::Serverless::Function": ("CodeUri", "code"),
    "AWS::Serverless::LayerVersion": ("ContentUri", "layer"),
    "AWS::Serverless::StateMachine": ("DefinitionUri", "definition"),
    "AWS::Lambda::Function": ("Code", "code"),
}


def read(path: Path) -> Template:
    """Parse a template file.

    Raises
    ------
    DeployError
        It is absent, no YAML, or has no Resources.
    """
    try:
        template = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - safe subclass
    except FileNotFoundError as error:
        raise DeployError(f"{path} does not exist; deploy from the project's root") from error
    except yaml.YAMLError as error:
        raise DeployError(f"{path} is no YAML: {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise DeployError(f"{path} has no Resources; it is no SAM template")
    return template


def artifacts_of(template: Template) -> Iterator[Artifact]:
    """Find every property that names local files; S3 locations are left alone."""
    shared = template.get("Globals", {}).get("Function", {})
    holders = [(shared, "CodeUri", "code")]
    for resource in template["Resources"].values():
        if resource.get("Type") in _PROPERTIES:
            key, kind = _PROPERTIES[resource["Type"]]
            holders.append((resource.get("Properties", {}), key, kind))
    for holder, key, kind in holders:
        value = holder.get(key)
        if isinstance(value, str) and not value.startswith("s3://"):
            yield Artifact(holder, key, value, kind)


def package(
    template: Template, root: Path, upload: Callable[[Path, str], tuple[str, str]]
) -> Template:
    """Return the template with each local path replaced by where `upload` put it.

    Parameters
    ----------
    upload : given a path and the artifact's kind, returns bucket and key.

    Raises
    ------
    DeployError
        A path does not exist.
    """
    packaged: Template = json.loads(json.dumps(template))
    for artifact in list(artifacts_of(packaged)):
        path = root / artifact.path
        if not path.exists():
            raise DeployError(f"{artifact.key}: {artifact.path} does not exist below {root}")
        bucket, key = upload(path, artifact.kind)
        location = {"Bucket": bucket, "Key": key}
        if artifact.key == "Code":
            location = {"S3Bucket": bucket, "S3Key": key}
        artifact.holder[artifact.key] = location
    return packaged

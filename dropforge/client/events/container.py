"""What `sam local invoke` needs for a container to find the stack that its events are about.

SAM gives a container the variables that the template declares and no others; their values
come from ``--env-vars``, else from the shell, else from the template, where a reference to a
resource is no more than its name (SAM developer guide, sam local invoke, environment variable
file). So the values are taken from the deployed functions themselves. How a container reaches
the local cloud is declared in a copy of the built template: the shipped one says nothing of it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from dropforge.client.stack import Stack

ENV_FILE, TEMPLATE_FILE = "env.json", "template.yaml"
"""What lies beside the events."""
_ENDING = "FunctionArn"
_ACCESS = (
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
_PLACES = frozenset(("CodeUri", "ContentUri", "DefinitionUri"))
_TEXT = "tag:yaml.org,2002:str"


def variables(stack: Stack, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the environment of each deployed function, by its logical id.

    Parameters
    ----------
    given : as `access` returns it; empty for a stack on AWS, which a container reaches with
        the credentials of whoever runs SAM.
    """
    found = {}
    for name, arn in stack.outputs.items():
        if name.endswith(_ENDING):
            answer = stack.client("lambda").get_function_configuration(FunctionName=arn)
            own = answer.get("Environment", {}).get("Variables", {})
            found[name.removesuffix("Arn")] = {**own, **given}
    return found


def access(stack: Stack, endpoint: str) -> dict[str, str]:
    """Return how a container reaches the local cloud.

    With the cloud's own keys: those of the shell may be of an account on AWS.
    """
    keys = stack.session.get_credentials().get_frozen_credentials()
    region = stack.session.region_name
    # An empty token counts as none (botocore, EnvProvider).
    values = (endpoint, region, region, keys.access_key, keys.secret_key, keys.token or "")
    return dict(zip(_ACCESS, values, strict=True))


def container_template(text: str, folder: Path, given: Mapping[str, str]) -> str:
    """Return a built template that declares how a container reaches the local cloud.

    Parameters
    ----------
    text : the built template.
    folder : where it lies; the copy names what it refers to by whole paths.
    given : as `access` returns it.
    """
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for node in _mappings(root):
        node.value = [(key, _placed(key, value, folder)) for key, value in node.value]
    declared = root
    for name in ("Globals", "Function", "Environment", "Variables"):
        declared = _entry(declared, name)
    declared.value += [(_text(name), _text(value)) for name, value in given.items()]
    copy: str = yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=True)
    return (
        f"# Made by `dropforge events` of {folder / 'template.yaml'}; not for `sam deploy`.\n{copy}"
    )


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _placed(key: Any, value: Any, folder: Path) -> Any:
    if (
        key.value in _PLACES
        and isinstance(value, yaml.ScalarNode)
        and not value.value.startswith("s3://")
    ):
        return _text(str((folder / value.value).resolve()))
    return value


def _entry(mapping: Any, name: str) -> yaml.MappingNode:
    for key, value in mapping.value:
        if key.value == name:
            found: yaml.MappingNode = value
            return found
    added = yaml.MappingNode("tag:yaml.org,2002:map", [])
    mapping.value.append((_text(name), added))
    return added


def _text(value: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TEXT, value, style='"')

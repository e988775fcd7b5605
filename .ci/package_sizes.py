"""Checks what `sam build` made against Lambda's limit.

A function with its layers may take 250 MB unzipped (Lambda developer guide, Quotas).
"""

import sys
from pathlib import Path
from typing import Any

import yaml

LIMIT_BYTES = 250 * 2**20
MIB = 2**20


class Template(yaml.SafeLoader):
    """Reads a template; of CloudFormation's short forms only what they apply to matters here."""


def _short_form(loader: Template, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


Template.add_multi_constructor("!", _short_form)


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def package_sizes(build: Path) -> dict[str, int]:
    """Return the bytes of each function with its layers, by logical id."""
    text = (build / "template.yaml").read_text(encoding="utf-8")
    # Template extends SafeLoader: it makes plain values only.
    resources = yaml.load(text, Loader=Template)["Resources"]  # noqa: S506
    sizes = {}
    for name, resource in resources.items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        layers = [_name(layer) for layer in resource["Properties"].get("Layers", [])]
        sizes[name] = sum(size_of(build / part) for part in (name, *layers))
    return sizes


def _name(reference: Any) -> str:
    return str(reference["Ref"] if isinstance(reference, dict) else reference)


def main(build: Path) -> int:
    """Print each function's size; 1 if one is over the limit."""
    sizes = package_sizes(build)
    for name, size in sizes.items():
        print(f"{name:<20} {size / MIB:6.1f} MiB of {LIMIT_BYTES // MIB}")
    over = [name for name, size in sizes.items() if size > LIMIT_BYTES]
    if over:
        print(f"Over Lambda's limit with their layers: {', '.join(over)}", file=sys.stderr)
    return 1 if over or not sizes else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

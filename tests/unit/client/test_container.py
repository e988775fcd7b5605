"""What lies beside the events for `sam local invoke`."""

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import load

from dropforge.client.events.container import access, container_template, variables
from tests.unit.cli.fakes import fake_stack

ROOT = Path(__file__).parents[3]
GIVEN = {"AWS_ENDPOINT_URL": "http://172.17.0.1:4566", "AWS_REGION": "us-east-1"}


def loaded(file: Path) -> Any:
    return json.loads(json.dumps(load(str(file))))


def made(text: str, tmp_path: Path, given: dict[str, str] = GIVEN) -> Any:
    file = tmp_path / "copy.yaml"
    file.write_text(container_template(text, tmp_path, given), encoding="utf-8")
    return loaded(file)


@pytest.fixture
def shipped() -> Any:
    return loaded(ROOT / "template.yaml")


def test_the_copy_is_the_shipped_template_with_the_access_declared(
    shipped: Any, tmp_path: Path
) -> None:
    copy = made((ROOT / "template.yaml").read_text(encoding="utf-8"), tmp_path)
    declared = copy["Globals"]["Function"]["Environment"]["Variables"]
    assert {name: declared.pop(name) for name in GIVEN} == GIVEN
    for resource in (copy["Globals"]["Function"], *of(copy)):
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if name in resource:
                resource[name] = str(Path(resource[name]).relative_to(tmp_path))
    for resource in (shipped["Globals"]["Function"], *of(shipped)):
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if name in resource:
                resource[name] = resource[name].rstrip("/")
    assert copy == shipped


def of(template: Any) -> list[Any]:
    return [resource.get("Properties", {}) for resource in template["Resources"].values()]


def test_the_shipped_template_says_nothing_of_an_endpoint() -> None:
    assert "AWS_ENDPOINT" not in (ROOT / "template.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "Resources: {}\n",
        "Globals: {Function: {Timeout: 3}}\nResources: {}\n",
        "Globals: {Api: {Name: x}}\nResources: {}\n",
    ],
)
def test_a_template_without_variables_gets_them(text: str, tmp_path: Path) -> None:
    copy = made(text, tmp_path)
    assert copy["Globals"]["Function"]["Environment"]["Variables"] == GIVEN


def test_values_that_look_like_something_else_stay_text(tmp_path: Path) -> None:
    given = {"A": "012345678901", "B": "", "C": "yes", "D": "a: b # c", "E": 'quote" and \\'}
    copy = made("Resources: {}\n", tmp_path, given)
    assert copy["Globals"]["Function"]["Environment"]["Variables"] == given


def test_code_in_a_bucket_keeps_its_place(tmp_path: Path) -> None:
    text = (
        "Resources:\n  A:\n    Properties:\n      CodeUri: {Bucket: b, Key: k}\n"
        "  B:\n    Properties:\n      CodeUri: s3://b/k\n"
    )
    copy = made(text, tmp_path)
    assert [found["CodeUri"] for found in of(copy)] == [{"Bucket": "b", "Key": "k"}, "s3://b/k"]


class Functions:
    """Lambda, for what a function's configuration says."""

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        name = FunctionName.rpartition(":")[2]
        own = {"Environment": {"Variables": {"BUCKET": "drops", "AWS_REGION": name}}}
        return own if name != "seed" else {}


def test_each_function_has_its_own_variables_and_the_access(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = fake_stack()
    clients = {"lambda": Functions()}
    monkeypatch.setattr(stack.session, "client", lambda name, **_: clients[name])
    plain = variables(stack, {})
    assert plain["TriggerFunction"] == {"BUCKET": "drops", "AWS_REGION": "trigger"}
    assert plain["SeedFunction"] == {}
    assert set(plain) == {"SeedFunction", "TriggerFunction", "PrepareFunction"}
    reached = variables(stack, GIVEN)
    assert reached == {name: {**own, **GIVEN} for name, own in plain.items()}


def test_the_keys_are_the_clouds_own_and_a_token_of_the_shell_has_no_effect() -> None:
    from dropforge.cloud.endpoint import LocalSession

    stack = fake_stack()
    object.__setattr__(stack, "session", LocalSession("http://127.0.0.1:1", "us-east-1"))
    assert access(stack, "http://172.17.0.1:1") == {
        "AWS_ENDPOINT_URL": "http://172.17.0.1:1",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "",
    }

"""A watcher that looks at sources under the test's hand."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from dropforge.cli.connection.watch import Watcher, watcher_of
from dropforge.cloud.deployment.sources import Mark
from dropforge.errors import DeployError
from tests.unit.cli.fake_clouds import OUTPUTS, Clouds


class Bench:
    """A watcher, its sources, and a diary of what it did and said."""

    def __init__(self) -> None:
        self.files: dict[str, Mark] = {"functions/a.py": (1, 1, 1), "template.yaml": (1, 1, 1)}
        self.found: list[str] = []
        self.runs = 0
        self.fault: Exception | None = None
        self.deployed: list[dict[str, Mark]] = []
        self.said: list[str] = []
        self.watcher = Watcher(self, self.deploy, lambda: self.runs, self.said.append)  # type: ignore[arg-type]
        self.settle()

    def marks(self) -> dict[str, Mark]:
        return dict(self.files)

    def faults(self, _marks: Any) -> list[str]:
        return self.found

    def deploy(self) -> bool:
        if self.fault:
            raise self.fault
        changed = not self.deployed or self.deployed[-1] != self.files
        self.deployed.append(dict(self.files))
        return changed

    def save(self, name: str) -> None:
        time, size, inode = self.files.get(name, (0, 0, 0))
        self.files[name] = (time + 1, size, inode)

    def settle(self) -> None:
        for _ in range(3):
            self.watcher.look()


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    assert len(made.deployed) == 1
    made.said.clear()
    return made


def seconds_cut(said: list[str]) -> list[str]:
    return [text.partition(" in ")[0] for text in said]


def test_change_is_deployed_once_and_named(bench: Bench) -> None:
    bench.save("functions/a.py")
    bench.settle()
    assert len(bench.deployed) == 2
    assert seconds_cut(bench.said) == ["Deployed functions/a.py"]


def test_many_saves_in_a_row_are_one_deployment(bench: Bench) -> None:
    for _ in range(5):
        bench.save("functions/a.py")
        bench.save("template.yaml")
        bench.watcher.look()
    assert len(bench.deployed) == 1
    bench.settle()
    assert len(bench.deployed) == 2
    assert seconds_cut(bench.said) == ["Deployed functions/a.py and template.yaml"]


def test_many_files_are_counted_and_a_deleted_one_is_told(bench: Bench) -> None:
    for name in ("functions/b.py", "functions/c.py", "functions/d.py"):
        bench.save(name)
    del bench.files["functions/a.py"]
    bench.settle()
    assert seconds_cut(bench.said) == [
        "Deployed functions/a.py (deleted), functions/b.py, functions/c.py and 1 more"
    ]


def test_fault_is_told_once_and_nothing_deployed_until_it_is_put_right(bench: Bench) -> None:
    bench.save("functions/a.py")
    bench.found = ["functions/a.py, line 3: invalid syntax"]
    bench.settle()
    assert bench.said == [
        "Not deployed, what was deployed stays. functions/a.py, line 3: invalid syntax"
    ]
    bench.found = []
    bench.save("functions/a.py")
    bench.settle()
    assert len(bench.deployed) == 2


def test_run_under_way_ends_with_the_code_it_began_with(bench: Bench) -> None:
    bench.save("functions/a.py")
    bench.runs = 2
    bench.settle()
    bench.runs = 1
    bench.settle()
    assert bench.said == ["functions/a.py: deployed when the 2 runs under way have ended."]
    assert len(bench.deployed) == 1
    bench.runs = 0
    bench.watcher.look()
    assert len(bench.deployed) == 2


def test_later_change_while_a_run_is_under_way_is_deployed_with_the_first(bench: Bench) -> None:
    bench.runs = 1
    bench.save("functions/a.py")
    bench.settle()
    bench.save("template.yaml")
    bench.settle()
    bench.runs = 0
    bench.watcher.look()
    assert len(bench.deployed) == 2
    assert seconds_cut(bench.said)[-1] == "Deployed functions/a.py and template.yaml"


@pytest.mark.parametrize(
    "fault",
    [
        DeployError("stack dropforge is UPDATE_ROLLBACK_COMPLETE"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        PermissionError(13, "Permission denied", "functions/a.py"),
    ],
)
def test_deployment_that_fails_is_told_once_and_the_next_save_tried(
    bench: Bench, fault: Exception
) -> None:
    bench.fault = fault
    bench.save("template.yaml")
    bench.settle()
    assert bench.said == [f"Not deployed: {fault}"]
    bench.fault = None
    bench.save("template.yaml")
    bench.settle()
    assert seconds_cut(bench.said)[1:] == ["Deployed template.yaml"]


def test_file_that_goes_while_it_is_packed_is_looked_at_again(bench: Bench) -> None:
    bench.save("functions/a.py")
    bench.fault = FileNotFoundError(2, "No such file", "functions/a.py")
    bench.settle()
    assert bench.said == []
    del bench.files["functions/a.py"]
    bench.fault = None
    bench.settle()
    assert seconds_cut(bench.said) == ["Deployed functions/a.py (deleted)"]


def test_folder_that_goes_while_it_is_read_is_looked_at_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Any:
        raise FileNotFoundError

    monkeypatch.setattr(bench, "marks", gone)
    bench.settle()
    assert bench.said == []


def test_save_that_changes_nothing_is_said_to(bench: Bench) -> None:
    bench.save("functions/a.py")
    bench.deployed[-1] = dict(bench.files)
    bench.settle()
    assert bench.said == ["functions/a.py: what is deployed is the same."]


def test_first_look_deploys_what_was_saved_since_the_command_did() -> None:
    assert Bench().said[0].startswith("Deployed what is in the clone in ")


def test_watcher_of_a_cloud_deploys_the_clone_into_it(local: Clouds) -> None:
    said: list[str] = []
    watcher = watcher_of(local.cloud, said.append)
    watcher.look()
    assert local.diary == []
    watcher.look()
    assert (local.diary, local.stack) == (["deploy"], OUTPUTS)
    assert said[0].startswith("Deployed what is in the clone")

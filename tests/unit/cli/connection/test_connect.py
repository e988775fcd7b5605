"""Starting the local cloud for a command, and stopping it again."""

import os
import signal
import threading
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError

from dropforge.cli.connection import shared_cloud
from dropforge.cli.connection.connect import asking, connected, state_dir
from dropforge.cli.connection.shared_cloud import mark_own, starting, uninterrupted
from dropforge.cli.screen.output import Output
from dropforge.client.stack import find_stack
from dropforge.environment import Environment
from dropforge.errors import CloudLostError, DeployError, StackMissingError, StartError
from tests.unit.cli.fake_clouds import OUTPUTS, Clouds, Session
from tests.unit.cli.fakes import BUCKET


def test_connected_starts_a_cloud_deploys_and_stops_it_again(local: Clouds) -> None:
    with connected("local", Output(as_json=False)) as stack:
        assert stack.bucket == BUCKET
        assert local.diary == ["up 0", "deploy"]
    assert local.diary == ["up 0", "deploy", "down"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_connected_stops_its_cloud_whatever_happens(
    local: Clouds, fault: type[BaseException]
) -> None:
    with pytest.raises(fault), connected("local", Output(as_json=False)):
        raise fault
    assert local.diary[-1] == "down"


def test_connected_stops_its_cloud_if_the_deployment_fails(local: Clouds) -> None:
    local.fault = DeployError("no")
    with pytest.raises(DeployError), connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["up 0", "deploy", "down"]


def test_connected_leaves_a_cloud_up_that_was_up(local: Clouds) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == []


def test_connected_deploys_into_a_cloud_that_has_no_stack(local: Clouds) -> None:
    local.current = local.cloud
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["deploy"]


def test_connected_leaves_its_cloud_to_the_command_that_still_uses_it(local: Clouds) -> None:
    with connected("local", Output(as_json=False)):
        with ExitStack() as first:
            first.enter_context(connected("local", Output(as_json=False)))
        assert "down" not in local.diary
    assert local.diary == ["up 0", "deploy", "down"]


def test_connected_hands_its_cloud_on_to_a_later_command(local: Clouds) -> None:
    first, second = ExitStack(), ExitStack()
    first.enter_context(connected("local", Output(as_json=False)))
    second.enter_context(connected("local", Output(as_json=False)))
    first.close()
    assert "down" not in local.diary
    second.close()
    assert local.diary == ["up 0", "deploy", "down"]


def test_connected_stops_the_cloud_that_a_killed_command_left(local: Clouds) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    mark_own(local.cloud)
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["down"]


def test_connected_leaves_a_cloud_up_that_follows_one_of_a_command(local: Clouds) -> None:
    mark_own(replace(local.cloud, endpoint="http://127.0.0.1:2"))
    local.current, local.stack = local.cloud, OUTPUTS
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == []


def test_connected_waits_for_a_cloud_that_is_starting(
    local: Clouds, capsys: pytest.CaptureFixture[str]
) -> None:
    def start() -> None:
        with starting(state_dir(), lambda: None):
            begun.set()
            time.sleep(0.3)
            local.current, local.stack = local.cloud, OUTPUTS

    begun = threading.Event()
    other = threading.Thread(target=start)
    other.start()
    begun.wait(5)
    with connected("local", Output(as_json=False)):
        pass
    other.join()
    assert local.diary == []
    assert "Waiting for the local cloud" in capsys.readouterr().err


def test_connected_does_not_wait_for_ever(local: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_cloud, "_WAIT_SECONDS", 0.1)
    with (
        starting(state_dir(), lambda: None),
        pytest.raises(StartError, match="starting or stopping"),
        connected("local", Output(as_json=False)),
    ):
        pass


def test_connected_interrupted_while_it_starts_the_cloud_stops_it_again(local: Clouds) -> None:
    local.interrupt = True
    with pytest.raises(KeyboardInterrupt), connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["up 0", "down"]


def test_connected_to_a_cloud_that_goes_away_says_so(local: Clouds) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    with (
        pytest.raises(CloudLostError, match=r"the local cloud at http://127\.0\.0\.1:1 went away"),
        connected("local", Output(as_json=False)),
    ):
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def test_uninterrupted_holds_an_interrupt_back_until_its_end() -> None:
    done = []

    def block() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_find_stack_without_a_stack_says_how_to_deploy_it() -> None:
    with pytest.raises(StackMissingError, match="sam deploy --config-env dev"):
        find_stack(Environment("dev", "mine"), Session(None))


def test_find_stack_of_another_application_is_refused() -> None:
    with pytest.raises(StackMissingError, match="has no outputs of Dropforge"):
        find_stack(Environment("dev", "mine"), Session({"Url": "x"}))


def test_asking_a_cloud_without_the_route_gives_nothing(local: Clouds) -> None:
    assert asking(local.cloud)("backlog", {"key": "inbox/churn/churn.csv"}) is None

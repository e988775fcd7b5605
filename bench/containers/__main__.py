"""Run every event in Lambda's image against a local cloud: `make test-docker`.

The cloud is one of its own, with the whole stack and a webhook. `dropforge events` makes the
events there, about a second run of the sample, whose model waits for a person: so the model in
use is still the one that the run met, and Evaluate judges all over again. SAM is called as a
person would call it, in a shell with the variables that `dropforge up` prints.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.command import dropforge
from bench.containers.engine import Call, function_of, invoke, missing
from bench.containers.judge import FAILED, REFUSAL, RESULT, Outcome
from dropforge import cloud as clouds
from dropforge.client.events.examples import SAMPLE
from dropforge.cloud.door.bridge import Bridge
from dropforge.environment import LOCAL, PROJECT_ROOT, read_environment
from dropforge.errors import BridgeError

_WEBHOOK = "/dropforge/webhook"
_LONGEST = 90


def main() -> int:
    """Print the table; 1 if something is missing, or an event had another end than it should."""
    options = _options()
    began = time.monotonic()
    try:
        bridge = clouds.find_bridge()
    except BridgeError as error:
        print(f"Nothing was run: {str(error).replace(', or leave out --docker', '')}.")
        return 1
    if lack := missing(options.image):
        print(f"Nothing was run: {lack}.")
        return 1
    with tempfile.TemporaryDirectory() as folder, _cloud(Path(folder), bridge) as cloud:
        made = _events(cloud, Path(folder) / "events")
        call = Call(Path(made["template"]), Path(made["env_vars"]), options.image, _shell(cloud))
        files = [Path(file) for file in made["files"].values()]
        chosen = [file for file in files if fnmatchcase(file.stem, options.only)]
        ready = time.monotonic()
        kinds = Counter(_run(file, call) for file in chosen)
    _sum_up(kinds, len(chosen), ready - began, time.monotonic() - ready)
    return 0 if chosen and not kinds[FAILED] else 1


def _run(file: Path, call: Call) -> str:
    outcome, seconds = invoke(file, call)
    print(
        f"{outcome.kind:<8} {seconds:5.1f} s  {function_of(file.stem):<17} {file.stem:<26} "
        f"{_told(outcome)}",
        flush=True,
    )
    return outcome.kind


def _told(outcome: Outcome) -> str:
    if outcome.kind == FAILED or len(outcome.text) <= _LONGEST:
        return outcome.text
    return f"{outcome.text[:_LONGEST]} ..."


def _sum_up(kinds: Counter[str], events: int, before: float, seconds: float) -> None:
    print(
        f"{kinds[RESULT] + kinds[REFUSAL]} of {events} events ended as they should: "
        f"{kinds[RESULT]} with a result, {kinds[REFUSAL]} with the refusal that it is about; "
        f"{kinds[FAILED]} failed"
    )
    print(
        f"{before:.0f} s for the cloud and its runs, {seconds:.0f} s for the containers, on "
        f"{os.cpu_count()} processors"
    )
    if kinds[FAILED] == events:
        print(
            "If all say that they could not connect, a firewall of this machine keeps containers "
            "away; let it accept connections from Docker's bridge, docker0."
        )


@contextmanager
def _cloud(folder: Path, bridge: Bridge) -> Iterator[clouds.Cloud]:
    """Start a cloud with the whole stack in it; its webhook is heard at the bridge."""
    environment = read_environment(LOCAL)
    receiver = ThreadingHTTPServer((str(bridge.address), 0), _Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    cloud = clouds.up(folder / "state", persist=False, bridge=bridge)
    try:
        address = f"http://{bridge.address}:{receiver.server_port}/"
        clouds.session(cloud).client("ssm").put_parameter(
            Name=_WEBHOOK, Value=address, Type="SecureString"
        )
        parameters = {**environment.parameters, "WebhookUrlParameter": _WEBHOOK}
        clouds.deploy(cloud, PROJECT_ROOT, environment.stack_name, parameters)
        yield cloud
    finally:
        clouds.down(cloud)
        receiver.shutdown()
        receiver.server_close()


class _Receiver(BaseHTTPRequestHandler):
    """A webhook that takes every message."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        pass


def _events(cloud: clouds.Cloud, out: Path) -> dict[str, Any]:
    _dropforge(cloud, "events", "--out", str(out))
    _dropforge(cloud, "settings", SAMPLE, "--set", "promotion=manual")
    _dropforge(cloud, "demo", "--out", str(out / "demo"))
    return _dropforge(cloud, "events", "--out", str(out))


def _dropforge(cloud: clouds.Cloud, *arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(dropforge(cloud.state_dir.parent, *arguments, "--json"))
    return told


def _shell(cloud: clouds.Cloud) -> dict[str, str]:
    keys = clouds.session(cloud).get_credentials().get_frozen_credentials()
    return {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_DEFAULT_REGION": cloud.region,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.containers", description=__doc__)
    parser.add_argument("--image", help="an image that answers as AWS's, in place of it")
    parser.add_argument("--only", default="*", help="the events whose names fit this pattern")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Counts the calls of AWS's APIs that a command, or a local cloud's functions and jobs, make.

botocore tells a UDP port of each call if its configuration says so (client-side monitoring), so
that nothing that is measured changes.
"""

import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LARGEST = 65_535
_QUIET_SECONDS = 0.5


class Requests:
    """What was called, by who called: "cloud" or "command"."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts: dict[str, Counter[str]] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_QUIET_SECONDS)
        self._over = False
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> "Requests":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._thread.join()
        self._socket.close()

    @contextmanager
    def of(self, who: str) -> Iterator[None]:
        """Let processes that are started here, and theirs, be counted."""
        home = self._folder / f"home-{who}"
        (home / ".aws").mkdir(parents=True, exist_ok=True)
        port = self._socket.getsockname()[1]
        (home / ".aws" / "config").write_text(
            f"[default]\ncsm_enabled = true\ncsm_host = 127.0.0.1\ncsm_port = {port}\n"
            f"csm_client_id = {who}\n"
        )
        before = os.environ.get("HOME")
        os.environ["HOME"] = str(home)
        try:
            yield
        finally:
            os.environ.pop("HOME")
            if before is not None:
                os.environ["HOME"] = before

    def taken(self) -> dict[str, dict[str, int]]:
        """Return what was counted since it was asked for last: by caller, Service.Operation."""
        counts, self._counts = self._counts, {}
        return {who: dict(sorted(found.items())) for who, found in counts.items()}

    def _listen(self) -> None:
        while True:
            try:
                event = json.loads(self._socket.recv(_LARGEST))
            except TimeoutError:
                if self._over:
                    return
                continue
            # An attempt is a request; a call may have several.
            if event["Type"] == "ApiCallAttempt":
                found = self._counts.setdefault(event["ClientId"], Counter())
                found[f"{event['Service']}.{event['Api']}"] += 1

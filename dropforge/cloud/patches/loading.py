"""The state is loaded whole, or the cloud does not start.

ministack passes over a file that it cannot read, goes on without what it held,
and writes that emptiness over it later. Here a damaged file stops the start.
Nothing is written before all is loaded; then what waits for that is called.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dropforge.cloud import journal
from dropforge.cloud.patches.replacing import check, replace
from dropforge.cloud.state import DAMAGED, DAMAGED_MARK
from dropforge.errors import DamagedStateError

_then: list[Callable[[], None]] = []


def apply() -> None:
    """Replace the loop over the services' files."""
    from ministack import app

    replace(app, "_load_persisted_state", "03de3b870e8f", _load)


def afterwards(call: Callable[[], None], *, first: bool = False) -> None:
    """Call this once every service has its state back, in the order of these calls."""
    _then.insert(0 if first else len(_then), call)


def _load() -> None:
    try:
        _load_all()
    except DamagedStateError as error:
        # The server would go on without; lifecycle.up tells what the log says.
        sys.stdout.write(f"{DAMAGED_MARK}{error}\n")
        sys.stdout.flush()
        os._exit(DAMAGED)


def _load_all() -> None:
    from ministack import app
    from ministack.core import persistence

    check(persistence, "load_state", "1796603c91a1")
    for name, module in app._state_map.items():
        path = Path(persistence.STATE_DIR) / f"{name}.json"
        if path.exists():
            state = _state_of(path, persistence._state_format_version(name))
            service = app._get_module(module)
            if isinstance(service, app._ErrorModule):
                raise journal.damaged(path, f"the service {name} does not load")
            try:
                service.load_persisted_state(state)
            except Exception as error:
                raise journal.damaged(path, repr(error)) from error
    for call in _then:
        call()


def _state_of(path: Path, known: int) -> Any:
    from ministack.core import persistence

    try:
        text = path.read_text(encoding="utf-8")
        state = json.loads(text, object_hook=persistence._json_object_hook)
    except (OSError, ValueError, RecursionError) as error:
        raise journal.damaged(path, error) from error
    if not isinstance(state, dict):
        raise journal.damaged(path, f"it holds a {type(state).__name__}")
    if "__ministack_format__" not in state:
        return state
    version = state["__ministack_format__"]
    if not isinstance(version, int) or version > known:
        raise journal.damaged(path, f"its format is {version}, and {known} is the newest known")
    return state.get("payload")

"""Save the services' state while the cloud is up, not only when it ends in peace.

Objects are files at once; everything else ministack writes at a clean end
alone. A thread saves what has changed some seconds after the last change, so
that a cloud that is killed comes back with its stack, jobs and packages.
"""

import hashlib
import json
import logging
import threading
import time
from pathlib import Path
from typing import Any

from dropforge.cloud.patches.registry import check

logger = logging.getLogger("dropforge.cloud")

_SECONDS = 2.0
_SHARE = 20.0
_written: dict[str, bytes] = {}
_lock = threading.Lock()


def apply() -> None:
    """Start the thread that saves."""
    from ministack.core import persistence

    check(persistence, "save_state", "58a955110973")
    threading.Thread(target=_save_for_ever, daemon=True, name="checkpoint").start()


def save() -> None:
    """Write each service's state that differs from what was written last."""
    from ministack import app
    from ministack.core import persistence

    with _lock:
        for name, get_state in app._build_persistence_save_dict().items():
            try:
                _save(persistence, name, get_state())
            except RuntimeError as error:
                # A dictionary that changed while it was read: the next round has it.
                logger.debug("no checkpoint of %s: %s", name, error)


def _save(persistence: Any, name: str, state: Any) -> None:
    if state is None:
        return

    def outline(value: Any) -> Any:
        # Code and layers are large and never change in place: where they lie says enough.
        if isinstance(value, (bytes, bytearray)):
            return f"{id(value)} {len(value)}"
        return persistence._json_default(value)

    digest = hashlib.sha256(json.dumps(state, default=outline).encode()).digest()
    if _written.get(name) == digest:
        return
    wrapped = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    path = Path(persistence.STATE_DIR) / f"{name}.json"
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(wrapped, file, default=persistence._json_default)
    draft.replace(path)
    _written[name] = digest


def _save_for_ever() -> None:
    pause = threading.Event()
    seconds = _SECONDS
    while not pause.wait(seconds):
        started = time.monotonic()
        try:
            save()
        except Exception:
            logger.exception("the state was not saved")
        # Many executions make it slow: it may take a twentieth of a core, not more.
        seconds = max(_SECONDS, _SHARE * (time.monotonic() - started))

"""Save the services' state while the cloud is up, not only when it ends in peace.

Objects are files at once, and the journal has what the application must not
lose; everything else ministack writes at a clean end alone. Here a service's
state is written before a call that changed it is answered (see acknowledged),
and what changed without such a call some seconds later.

What is saved never holds half a stack: nothing is written while a stack is
being made or changed, all is written before its end is told, and an end of the
cloud waits for it. Else a cloud could forget a stack whose bucket has runs, and
the next deployment would make another, empty one.

Nothing is saved before all that was saved earlier is loaded.
"""

import asyncio
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from typing import Any

from dropforge.cloud.patches import loading
from dropforge.cloud.patches.logs import log_memory
from dropforge.cloud.patches.replacing import check, replace
from dropforge.cloud.patches.stepfunctions import executions

logger = logging.getLogger("dropforge.cloud")

_SECONDS = 2.0
_SHARE = 20.0
# How long an end waits for a stack; lifecycle.down kills after 30 s.
_STACK_SECONDS = 15.0
_written: dict[str, bytes] = {}
_lock = threading.Lock()
_loaded = threading.Event()
# Stack operations that go on, and how many there have been.
_under_way: set[object] = set()
_begun = 0


def apply() -> None:
    """Save by a thread, after each stack operation, and at the end."""
    from ministack import app
    from ministack.core import persistence
    from ministack.services.cloudformation import changesets, handlers, stacks

    check(persistence, "save_state", "58a955110973")
    create_task = stacks._create_stack_task_in_region

    def create_stack_task(work: Any, *arguments: Any) -> None:
        global _begun
        token = object()
        _under_way.add(token)
        _begun += 1
        create_task(_whole(work, token), *arguments)

    replace(stacks, "_create_stack_task_in_region", "56e8e40df26f", create_stack_task)
    for module in (changesets, handlers):
        # Imported there by name.
        module._create_stack_task_in_region = create_stack_task
    # What ministack calls at its end writes every service, changed or not.
    app.save_all = lambda _: save()
    loading.afterwards(_begin)


async def finish_stacks() -> None:
    """Wait for the stack operations that go on, so that what is saved has their end."""
    deadline = time.monotonic() + _STACK_SECONDS
    while _under_way and time.monotonic() < deadline:
        await asyncio.sleep(0.02)


def save(only: Collection[str] | None = None) -> None:
    """Write each service's state that differs from what was written last.

    While a stack is being made or changed, what was written before stays.

    Parameters
    ----------
    only : names of the services to look at, all if None.

    Raises
    ------
    OSError
        A file could not be written.
    """
    from ministack import app

    if not _loaded.is_set():
        return
    if only is None:
        executions.save_ended()
    with _lock:
        begun = _begun
        drafts: dict[str, tuple[bytes, str]] = {}
        for name, get_state in app._build_persistence_save_dict().items():
            if only is None or name in only:
                _try_draft(drafts, name, get_state, once=only is None)
        if _under_way or begun != _begun:
            return
        # A stack without its resources would be worse than resources without their stack.
        for name in sorted(drafts, key=lambda name: name == "cloudformation"):
            _write(name, *drafts[name])


def _begin() -> None:
    _loaded.set()
    threading.Thread(target=_save_for_ever, daemon=True, name="checkpoint").start()


async def _whole(work: Coroutine[Any, Any, Any], token: object) -> None:
    """Run a stack operation; whoever sees its end finds it saved."""
    try:
        await work
    finally:
        _under_way.discard(token)
        save()


def _try_draft(
    drafts: dict[str, tuple[bytes, str]], name: str, get_state: Callable[[], Any], *, once: bool
) -> None:
    """Draft a service's state; one that somebody waits for is tried until it holds still."""
    while True:
        try:
            _draft(drafts, name, get_state())
        except RuntimeError as error:
            # A dictionary that changed while it was read: the next round has it.
            logger.debug("no checkpoint of %s: %s", name, error)
            if once:
                return
            time.sleep(0.01)
        else:
            return


def _draft(drafts: dict[str, tuple[bytes, str]], name: str, state: Any) -> None:
    from ministack.core import persistence

    if state is None:
        return

    def outline(value: Any) -> Any:
        # Code and layers are large and never change in place: where they lie says enough.
        if isinstance(value, (bytes, bytearray)):
            return f"{id(value)} {len(value)}"
        return persistence._json_default(value)

    if name == "cloudwatch_logs":
        digest = log_memory.signature(state)
    else:
        digest = hashlib.sha256(json.dumps(state, default=outline).encode()).digest()
    if _written.get(name) != digest:
        wrapped = {
            "__ministack_format__": persistence._state_format_version(name),
            "payload": state,
        }
        drafts[name] = digest, json.dumps(wrapped, default=persistence._json_default)


def _write(name: str, digest: bytes, text: str) -> None:
    from ministack.core import persistence

    path = Path(persistence.STATE_DIR) / f"{name}.json"
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
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

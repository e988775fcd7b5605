"""How a patch makes sure that it replaces what it was written against."""

import hashlib
import inspect
import sys
import textwrap
from collections.abc import Callable
from types import ModuleType
from typing import Any

from dropforge.errors import PatchError

MINISTACK = "1.5.33"


def digest_of(function: object) -> str:
    """Return the digest by which a patch knows the source it was written against."""
    source = function if isinstance(function, str) else inspect.getsource(function)  # type: ignore[arg-type]
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def replace(
    module: ModuleType | type, name: str, digest: str, replacement: Callable[..., Any] | str
) -> None:
    """Replace a function, or a script kept as text, that still has the expected source.

    Raises
    ------
    PatchError
        Its source has another digest.
    """
    check(module, name, digest)
    setattr(module, name, replacement)


def check(module: ModuleType | type, name: str, digest: str) -> None:
    """Make sure that a function, or a script kept as text, has the expected source."""
    found = digest_of(getattr(module, name))
    if found != digest:
        raise PatchError(
            f"{module.__name__}.{name} has digest {found}, but the patch was written for "
            f"{digest}; install ministack=={MINISTACK} unchanged, or review the patch"
        )


def change(
    module: ModuleType | type,
    name: str,
    digest: str,
    old: str,
    new: str,
    *more: tuple[str, str],
) -> None:
    """Replace one piece of a module's or class's function, or more of them, where they first stand.

    For a long function of which one line is wrong. The pieces of a class's are given as if it were
    a module's: four blanks further to the left.

    Raises
    ------
    PatchError
        Its source has another digest, or lacks a piece.
    """
    check(module, name, digest)
    source = textwrap.dedent(inspect.getsource(getattr(module, name)))
    for there, wanted in ((old, new), *more):
        if there not in source:
            raise PatchError(f"{module.__name__}.{name} has no {there!r}; review the patch")
        source = source.replace(there, wanted, 1)
    home = sys.modules[module.__module__] if isinstance(module, type) else module
    code = compile(source, f"{home.__file__} but for {old!r}", "exec")
    made: dict[str, Any] = {}
    exec(code, vars(home), made)  # noqa: S102 - what it defines had its digest checked
    setattr(module, name, made[name])

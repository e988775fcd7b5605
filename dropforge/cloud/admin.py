"""The cloud's own administrative routes, at ``/_dropforge/<name>``, and how to ask them.

A route takes the query's parameters and returns what is sent as JSON. It runs in a
thread, so that it may wait for a lock, or is a coroutine, which may wait for long. The
door lets only those ask who send the token that lies in cloud.json, which the owner
alone can read.
"""

import asyncio
import concurrent.futures
import http.client
import inspect
import json
import logging
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

from dropforge.cloud.endpoint import Cloud
from dropforge.errors import CloudError

logger = logging.getLogger("dropforge.cloud")

PREFIX = "/_dropforge/"
TOKEN_HEADER = "x-dropforge-token"  # noqa: S105 - the header's name
Answer = dict[str, Any]
routes: dict[str, Callable[[dict[str, str]], Answer | Awaitable[Answer]]] = {}
# Not the pool that runs the functions: these are asked what goes on when that one is full.
_threads = concurrent.futures.ThreadPoolExecutor(4, thread_name_prefix="admin")
# A proxy of the user's environment must not see the token.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(
    cloud: Cloud, name: str, parameters: dict[str, str] | None = None, timeout: float = 30.0
) -> dict[str, Any]:
    """Ask a route of a cloud that is up.

    Parameters
    ----------
    timeout : seconds to wait for the answer.

    Raises
    ------
    CloudError
        It did not answer, or not with what was asked for.
    """
    query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
    url = f"{cloud.endpoint}{PREFIX}{urllib.parse.quote(name, safe='')}{query}"
    request = urllib.request.Request(url, headers={TOKEN_HEADER: cloud.token})  # noqa: S310
    try:
        with _opener.open(request, timeout=timeout) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            said = error.read().decode("utf-8", "replace")
        raise CloudError(f"the cloud at {cloud.endpoint} answers {name}: {said}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise CloudError(
            f"the cloud at {cloud.endpoint} does not answer {name} ({error}); "
            "`dropforge status` says whether it is up"
        ) from error
    return found


async def answer(name: str, parameters: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Run a route; return the HTTP status and the JSON answer."""
    route = routes.get(name)
    if route is None:
        known = ", ".join(sorted(routes))
        return 404, {"message": f"there is no route {name!r}; there are {known}"}
    try:
        if inspect.iscoroutinefunction(route):
            return 200, await route(parameters)
        loop = asyncio.get_running_loop()
        return 200, await loop.run_in_executor(_threads, route, parameters)  # type: ignore[arg-type]
    except Exception as error:
        logger.exception("the route %s failed", name)
        return 500, {"message": f"{type(error).__name__}: {error}"}


def _health(_: dict[str, str]) -> dict[str, Any]:
    return {"status": "up", "pid": os.getpid()}


routes["health"] = _health

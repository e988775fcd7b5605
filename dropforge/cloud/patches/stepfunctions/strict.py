"""What fails an execution on AWS, and goes on in ministack with null or something made up.

- InputPath, OutputPath and arguments of intrinsic functions that find nothing are States.Runtime
  (Step Functions developer guide, "Error names"); so is a Map without a list, and a Wait without
  a number of seconds.
- A ResultPath below what is no object is States.ResultPathMatchFailure (the same page).
- A path that ministack does not read (filters, slices, unions, deep scans) says so.
- States.Format writes true, false and null as JSON does; the end of States.MathRandom is exclusive
  (the same guide, "Intrinsic functions").
"""

import json
from collections.abc import Callable
from typing import Any

from dropforge.cloud.patches.replacing import change, replace
from dropforge.cloud.patches.stepfunctions.asl import exists
from dropforge.cloud.patches.stepfunctions.definition.choices import is_time
from dropforge.cloud.patches.stepfunctions.definition.problems import is_integer

_SHOWN = 400


def apply() -> None:
    """Replace what reads and writes a state's data."""
    _reading()
    _writing()
    _states()


def _reading() -> None:
    from ministack.services import stepfunctions as states

    resolve, argument = states._resolve_path, states._eval_intrinsic_arg

    def resolve_path(path: Any, data: Any) -> Any:
        named = isinstance(path, str) and path.startswith("$")
        if named and states._parse_jsonpath_tokens(path) is None:
            raise states._ExecutionError(
                "States.Runtime",
                f"The local cloud does not support the path {path!r}: it reads fields, indexes and "
                "[*], but no filters, slices, unions, deep scans and variables",
            )
        return resolve(path, data)

    def selected(field: str, empty: Callable[..., Any]) -> Callable[..., Any]:
        def select(state: dict[str, Any], data: Any, ctx: Any = None) -> Any:
            path = state.get(field, "$")
            plain = isinstance(path, str) and not path.startswith("$$")
            if plain and not exists(path, data):
                raise states._ExecutionError(
                    "States.Runtime",
                    f"Invalid path '{path}': No results for {field} in {_shown(data)}",
                )
            return empty(state, data, ctx)

        return select

    def eval_argument(node: Any, data: Any, ctx: Any) -> Any:
        if node[0] == "path" and not node[1].startswith("$$") and not exists(node[1], data):
            raise states._ExecutionError(
                "States.Runtime",
                f"The JsonPath argument '{node[1]}' could not be found in the input {_shown(data)}",
            )
        return argument(node, data, ctx)

    change(
        states,
        "_exec_intrinsic",
        "4ecd0aea2f6e",
        "out.append(str(val) if not isinstance(val, str) else val)",
        "out.append(val if isinstance(val, str) else json.dumps(val))",
        (
            "random.randint(int(args[0]), int(args[1]))",
            "random.randrange(int(args[0]), int(args[1]))",
        ),
    )
    replace(states, "_resolve_path", "4ca0c5fe9f70", resolve_path)
    for field, name, digest in (
        ("InputPath", "_apply_input_path", "65be3f029517"),
        ("OutputPath", "_apply_output_path", "e9cfd0067244"),
    ):
        replace(states, name, digest, selected(field, getattr(states, name)))
    replace(states, "_eval_intrinsic_arg", "7748e3b16ffd", eval_argument)


def _writing() -> None:
    from ministack.services import stepfunctions as states

    write = states._apply_result_path_raw

    def apply_result_path(path: Any, original: Any, result: Any) -> Any:
        if path is not None and path != "$" and not _is_writable(path, original):
            raise states._ExecutionError(
                "States.ResultPathMatchFailure",
                f"Unable to apply ReferencePath {path} to input {_shown(original)}",
            )
        return write(path, original, result)

    def _is_writable(path: str, data: Any) -> bool:
        for kind, name in states._parse_jsonpath_tokens(path) or []:
            if kind != "field" or not isinstance(data, dict):
                return False
            if name not in data:
                return True
            data = data[name]
        return True

    replace(states, "_apply_result_path_raw", "285583b20078", apply_result_path)


def _states() -> None:
    from ministack.services import stepfunctions as states

    run, wait = states._run_map_items, states._execute_wait

    def run_items(state: dict[str, Any], data: Any, execution: Any, ctx: Any) -> Any:
        plain = states._state_query_language(state, ctx) != "JSONata" and "ItemReader" not in state
        if plain:
            path = state.get("ItemsPath", "$")
            given = states._apply_input_path(state, data, ctx)
            items = states._resolve_path_or_ctx(path, given, ctx)
            if not isinstance(items, list):
                raise states._ExecutionError(
                    "States.Runtime", f'Reference path "{path}" must point to array.'
                )
        return run(state, data, execution, ctx)

    def execute_wait(state: dict[str, Any], data: Any, ctx: Any = None) -> Any:
        given = states._apply_input_path(state, data, ctx) if _WAITS.keys() & state.keys() else None
        for field, (fits, words) in _WAITS.items():
            if field not in state:
                continue
            value = states._resolve_path_or_ctx(state[field], given, ctx)
            if not fits(value):
                raise states._ExecutionError(
                    "States.Runtime",
                    f"The {field} parameter {words}: {state[field]} == {json.dumps(value)}",
                )
        return wait(state, data, ctx)

    replace(states, "_run_map_items", "5df19a8074ce", run_items)
    replace(states, "_execute_wait", "a1012679c72d", execute_wait)


def _is_seconds(value: Any) -> bool:
    return is_integer(value, 0)


_WAITS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "SecondsPath": (_is_seconds, "cannot be parsed as a long value"),
    "TimestampPath": (
        is_time,
        "does not reference a valid ISO-8601 extended offset date-time format string",
    ),
}


def _shown(data: Any) -> str:
    return json.dumps(data)[:_SHOWN]

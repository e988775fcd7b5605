"""What a Lambda worker process runs; a file by itself, copied next to the function's code.

It speaks ministack's line protocol on what was its standard output, and differs
from ministack's own script where that differs from Lambda's Python runtime:

- An exception of the handler is reported as Lambda reports it, with errorMessage,
  errorType (the class name) and stackTrace, so that Retry and Catch can match it
  (Lambda developer guide, "Lambda function errors in Python"). The process lives on.
- A failed import is Runtime.ImportModuleError, a missing handler
  Runtime.HandlerNotFound (aws-lambda-python-runtime-interface-client, bootstrap.py).
- File descriptor 1 is given away, so that what a child process prints cannot be
  taken for an answer.
- The function's directory comes first on sys.path, as on Lambda, but a layer's
  comes after this interpreter's own packages: `sam build` fetches wheels for
  python3.13, whose extension modules do not load in another Python.
- It marks the end of each invocation's log; ministack waits 50 ms for a first line
  of a handler that prints nothing.
- It ends when the server does, however that ended.
"""

import gc
import importlib
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, TextIO

ERROR = "__lambda_error__"
# The last line of an invocation's log, so that the server need not wait for more.
END_OF_LOG = "__lambda_end_of_log__"

Payload = dict[str, Any]


def watch_parent(parent: int) -> None:
    """End this process once the server is gone, even in the middle of a handler."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def private_output() -> TextIO:
    """Keep the real standard output for answers, and send all that is printed to the log."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return output


def describe(error: Exception, skip: int) -> Payload:
    """Return the error as Lambda does; `skip` frames of this script are left out."""
    frames = traceback.extract_tb(error.__traceback__)[skip:]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_list(frames),
    }


def load(module: str, name: str) -> tuple[Any, Payload | None]:
    """Import the handler, or return the error that Lambda would report for it."""
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        text = f"Unable to import module '{module}': {error}"
        kind = "Runtime.ImportModuleError"
        return None, {"errorMessage": text, "errorType": kind, "stackTrace": []}
    except SyntaxError as error:
        text = f"Syntax error in module '{module}': {error}"
        kind = "Runtime.UserCodeSyntaxError"
        return None, {"errorMessage": text, "errorType": kind, "stackTrace": []}
    except Exception as error:  # noqa: BLE001 - whatever the module raises is reported
        return None, describe(error, 1)
    if not hasattr(found, name):
        text = f"Handler '{name}' missing on module '{module}'"
        kind = "Runtime.HandlerNotFound"
        return None, {"errorMessage": text, "errorType": kind, "stackTrace": []}
    return getattr(found, name), None


def set_up_path(code_dir: str) -> None:
    """Put the function first and its layers last."""
    # The directory of this script holds the zip and the layers, nothing to import.
    sys.path[0] = code_dir
    for layer in filter(None, os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)):
        python = Path(layer, "python")
        sys.path.append(str(python))
        sys.path += [str(path) for path in python.glob("lib/*/site-packages")]


class Context:
    """The context object of one invocation."""

    identity = None
    client_context = None

    def __init__(self, init: dict[str, Any], call: dict[str, Any]) -> None:
        name = init.get("function_name", "")
        self.function_name = name
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        self.memory_limit_in_mb = str(init.get("memory", 128))
        self.invoked_function_arn = call.get("invoked_function_arn", init.get("arn", ""))
        self.aws_request_id = call.get("request_id", "")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", f"/aws/lambda/{name}")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self.deadline = time.time() + float(call.get("timeout_ms") or 3000) / 1000

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left before the function's timeout."""
        return max(0, int((self.deadline - time.time()) * 1000))


def set_up_call(call: dict[str, Any]) -> None:
    """Set the environment variables that change with each invocation."""
    depth = call.get("depth")
    values = {
        "_X_AMZN_TRACE_ID": call.get("trace_id"),
        "_MINISTACK_INVOKE_DEPTH": None if depth is None else str(depth),
    }
    for name, value in values.items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


def respond(handler: Any, event: Any, context: Context) -> str:
    """Run the handler; return its answer or its error as a line of the protocol."""
    try:
        result = handler(event, context)
    except Exception as error:  # noqa: BLE001 - whatever the handler raises is reported
        return report(describe(error, 1) | {"requestId": context.aws_request_id})
    try:
        return json.dumps({"status": "ok", "result": result})
    except TypeError as error:
        text = f"Unable to marshal response: {error}"
        kind = "Runtime.MarshalError"
        return report({"errorMessage": text, "errorType": kind, "stackTrace": []})


def report(payload: Payload) -> str:
    """Log an error; return the line of the protocol that tells of it."""
    trace = "".join(payload["stackTrace"])
    heading = "Traceback (most recent call last):\n" if trace else ""
    sys.stderr.write(f"[ERROR] {payload['errorType']}: {payload['errorMessage']}\n")
    sys.stderr.write(heading + trace)
    return json.dumps({"status": "ok", "result": {ERROR: payload}})


def main() -> None:
    """Answer invocations until standard input ends."""
    threading.Thread(target=watch_parent, args=(os.getppid(),), daemon=True).start()
    output = private_output()

    def answer(line: str) -> None:
        output.write(line + "\n")
        output.flush()

    init = json.loads(sys.stdin.readline())
    os.environ.update(init.get("env", {}))
    set_up_path(init["code_dir"])
    # What is imported stays: to look for garbage in it is a tenth of a start.
    gc.disable()
    handler, failure = load(init["module"], init["handler"])
    gc.freeze()
    gc.enable()
    answer(json.dumps({"status": "ready", "cold": True}))
    for line in sys.stdin:
        message = json.loads(line)
        call = message.get("ctx") or {}
        set_up_call(call)
        if failure:
            response = report(failure)
        else:
            response = respond(handler, message["event"], Context(init, call))
        # On a line of its own, even if the handler left one unfinished.
        sys.stderr.write(f"\n{END_OF_LOG}\n")
        sys.stderr.flush()
        answer(response)
        if failure:
            # Lambda runs the initialization anew with the next invocation.
            return


if __name__ == "__main__":
    main()

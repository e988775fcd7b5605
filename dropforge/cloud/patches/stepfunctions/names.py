"""Names that state machines and executions may not have are refused.

Step Functions API reference, CreateStateMachine and StartExecution, name.
"""

import re

_MOST = 80
_BAD = re.compile(r"""[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]""")


def refusal(name: str | None) -> tuple[str, str] | None:
    """Return code and message of a name that AWS refuses."""
    if name is not None and (not name or _BAD.search(name)):
        return "InvalidName", f"Invalid Name: '{name}'"
    if name is not None and len(name) > _MOST:
        return "ValidationException", (
            f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_MOST}"
        )
    return None

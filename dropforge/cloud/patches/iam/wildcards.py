r"""A policy's `*` and `?` match line breaks too, which keys of objects may hold.

ministack makes regular expressions of them in which they match all but a line
break, so that `inbox/*` does not cover "inbox/a\nb.csv" and its reader is denied;
and an end that also matches before a last line break, so that a pattern without
a wildcard covers one name too many.
"""

import re
from functools import lru_cache

from dropforge.cloud.patches.replacing import replace

_WILDCARDS = {"*": ".*", "?": "."}


def apply() -> None:
    """Replace what compiles the patterns."""
    from ministack.core import iam_evaluator

    replace(iam_evaluator, "_fnmatch_compile", "c95d90f11ae7", compiled)


@lru_cache(maxsize=4096)
def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """Compile a pattern of a policy; its ``match`` is of the whole value."""
    regex = "".join(_WILDCARDS.get(letter) or re.escape(letter) for letter in pattern)
    return re.compile(rf"(?s:{regex})\Z", re.IGNORECASE if ignore_case else 0)

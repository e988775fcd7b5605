"""Where a run's decision lies: its probabilities corrected, and its threshold."""

from dropforge.client.stack import Stack
from pipeline.documents import kinds


def decision_key(stack: Stack, run: str) -> str | None:
    """Return the key of a run's decision.json; None if the run was judged without one."""
    package = stack.known(run, kinds.EVALUATION).get("package")
    return package["metadata"].get("decision") if package else None

"""How a job can end, and how SageMaker words that."""

from pathlib import Path


class JobFailed(Exception):  # noqa: N818 - an outcome of a job, not a fault of this code
    """The job failed; the message is its FailureReason."""


class JobStopped(Exception):  # noqa: N818 - an outcome of a job, not a fault of this code
    """The job was stopped, or ran out of time."""

    def __init__(self, secondary: str = "Stopped") -> None:
        super().__init__(secondary)
        self.secondary = secondary


def is_named(reason: str) -> bool:
    """Say whether a FailureReason begins with the name of an error."""
    return reason.split(":", 1)[0].endswith("Error")


def reason_of(root: Path, code: int | None) -> str:
    """Word a failed process as SageMaker does: the failure file, then the exit code.

    The form is the one quoted in aws/amazon-sagemaker-examples#1740.
    """
    failure = root / "output" / "failure"
    text = failure.read_text(encoding="utf-8") if failure.exists() else ""
    return text if is_named(text) else f"AlgorithmError: {text}, exit code: {code}"

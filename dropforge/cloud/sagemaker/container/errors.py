"""How a job fails (sagemaker_algorithm_toolkit/exceptions.py).

ContainerError
├── UserError       the caller can mend it: a hyperparameter, the data
├── AlgorithmError  the training library failed
└── PlatformError   the job's surroundings are not as they must be
"""


class ContainerError(Exception):
    """Base of all; never raised itself."""

    def __init__(self, message: str, caused_by: BaseException | None = None) -> None:
        cause = f" (caused by {type(caused_by).__name__})" if caused_by else ""
        super().__init__(message + cause)


class UserError(ContainerError):
    """The caller can mend it."""


class AlgorithmError(ContainerError):
    """The training library failed."""


class PlatformError(ContainerError):
    """The job's surroundings are not as they must be."""

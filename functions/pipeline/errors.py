"""Every error of our own that a function can end with.

The class name and the message travel through Step Functions into the message
that a person receives, so both are a public contract. The state machine
matches class names, not inheritance: it lists the leaves.

PipelineError
├── InputError                  the dropped file or its settings; the run is rejected
│   ├── DropNameError           the object's key names no dataset or no CSV file
│   ├── SettingsError           pipeline.json breaks its schema, or contradicts the file
│   ├── EmptyFileError          no bytes, or a header without rows
│   ├── NotCsvError             the bytes are no delimited text
│   ├── FileLimitError          a line, columns, a gzip file or the whole over a stated limit
│   ├── TargetMissingError      the target names no column of the file
│   ├── TargetUnusableError     the target is constant, empty, or has too many classes
│   ├── RowsUnusableError       too few rows are left to train on
│   ├── ColumnMismatchError     the file's columns do not fit the encoder
│   └── ModelMissingError       the dataset has no approved model to score with
├── EvaluationError             predictions and truth do not belong together; the run failed
│   ├── PredictionCountError    as many predictions as test rows are needed
│   ├── PredictionValueError    a prediction is no number
│   └── EmptyTestSplitError     no test rows, so nothing can be judged
├── PredictionTimeError         a function had no time for all test rows: a job predicts them
├── RegistrationBusyError       another run registers its model; waited for, then the run failed
├── ArtefactError               a file that an earlier step wrote is missing or damaged; failed
├── ServiceError                a call of AWS failed; the run failed
│   ├── ServiceBusyError        it passes by itself: the state machine tries again for minutes
│   └── ServiceRefusedError     it does not: a permission is missing, or a request is not valid
├── ScheduleError               datasets of a tick were not handled; all others were
├── TidyError                   SageMaker models were not deleted; all others were
└── UnexpectedError             neither ours nor AWS's: a defect, or a file that nobody foresaw
"""

MESSAGE_LIMIT = 4000
"""Characters of a message. A Fail state takes 32,768 of a cause, and a Lambda function's whole
answer 256 KiB (Step Functions developer guide, Quotas), but a name in it may have megabytes."""
_TAIL = 1000


class PipelineError(Exception):
    """Base of all; never raised itself."""

    def __init__(self, message: str) -> None:
        # The remedy is at the end, so what is too long is cut in the middle.
        if len(message) > MESSAGE_LIMIT:
            message = f"{message[: MESSAGE_LIMIT - _TAIL - 3]}...{message[-_TAIL:]}"
        super().__init__(message)


def is_one_of(name: str | None, base: type[PipelineError] = PipelineError) -> bool:
    """Say whether an error's name is that of a class here, `base` or one below it."""
    kind = globals().get(name or "")
    return isinstance(kind, type) and issubclass(kind, base)


class InputError(PipelineError):
    """The dropped file or its settings are at fault. The remedy is with its owner."""


class DropNameError(InputError):
    """The object's key names no dataset or no CSV file."""


class SettingsError(InputError):
    """pipeline.json breaks its schema, or contradicts the file."""


class EmptyFileError(InputError):
    """The file has no bytes, or a header without rows."""


class NotCsvError(InputError):
    """The file's bytes are no delimited text."""


class FileLimitError(InputError):
    """A line, a column count, a gzip file or the whole file is over a stated limit."""


class TargetMissingError(InputError):
    """The target names no column of the file."""


class TargetUnusableError(InputError):
    """The target is constant, empty, or has too many classes."""


class RowsUnusableError(InputError):
    """Too few rows are left to train on."""


class ColumnMismatchError(InputError):
    """The file's columns do not fit the encoder."""


class ModelMissingError(InputError):
    """The dataset has no approved model to score with."""


class EvaluationError(PipelineError):
    """Predictions and truth do not belong together."""


class PredictionCountError(EvaluationError):
    """The number of predictions differs from the number of test rows."""


class PredictionValueError(EvaluationError):
    """A prediction or a label is no number that the task allows."""


class EmptyTestSplitError(EvaluationError):
    """The test split has no rows, so nothing can be judged."""


class PredictionTimeError(PipelineError):
    """A function had no time for all test rows, which a batch transform job then predicts."""


class RegistrationBusyError(PipelineError):
    """The dataset's model in use is just being changed by another run or a person."""


class ArtefactError(PipelineError):
    """A file that an earlier step wrote is missing, damaged or over its limit."""


class ServiceError(PipelineError):
    """A call failed, not for what was dropped."""


class ServiceBusyError(ServiceError):
    """A service throttled, failed or broke off for longer than the client waits; it passes."""


class ServiceRefusedError(ServiceError):
    """A service refused a call, and will again."""


class ScheduleError(PipelineError):
    """Datasets of a tick were not handled; Lambda tries it again, and what was started is known."""


class TidyError(PipelineError):
    """Models that nothing needs were not deleted; Lambda tries it again, and so does tomorrow."""


class UnexpectedError(PipelineError):
    """An error that nobody foresaw."""

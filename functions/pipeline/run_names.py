"""Names of runs, of their jobs and of a dataset's model package group.

Names bound by others: a SageMaker job or model name is at most 63 letters,
digits and hyphens (SageMaker API, CreateTrainingJob, TrainingJobName); an
execution name is at most 80 characters and may hold nearly any letter (Step
Functions API, StartExecution, name); a tuning job's is at most 32 letters, digits
and hyphens, and its training jobs are called after it (SageMaker API,
CreateHyperParameterTuningJob, HyperParameterTuningJobName).
"""

import hashlib
import re
from datetime import UTC, datetime

from pipeline.drop_keys import ascii_of

_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_JOB_NAME_LIMIT = 63
_ATTEMPTS = 30
_TUNING_NAME_LIMIT = 32
# The longest name of a run: that of the last attempt of the champion's transform job.
_RUN_LIMIT = _JOB_NAME_LIMIT - len("-r29-c")
COMPARISONS = "cdefghijklmnopqrstuv"
"""What each comparison with a champion adds to the names of its jobs: the champion may change
meanwhile, and another comparison needs names of its own, no longer than the first one's."""
COMPARISON_LIMIT = len(COMPARISONS)
"""How often a run compares itself with a champion that changes meanwhile."""
_DIGEST = 8
_STAMP = len("-yyyymmdd-hhmmss-") + _DIGEST


def run_stem(dataset: str) -> str:
    """Return what the names of a dataset's runs begin with, up to the hyphen before the time.

    A long dataset name is cut, so that the longest retry suffix still fits a
    SageMaker job name; runs of datasets that begin alike may share a stem.
    """
    return dataset[: _RUN_LIMIT - _STAMP].rstrip("-")


def run_name(
    dataset: str, last_modified: datetime, bucket: str, key: str, version_id: str | None
) -> str:
    """Name the run that an object starts; the same object always gives the same name.

    Parameters
    ----------
    last_modified : the object's LastModified, with a time zone.
    version_id : of the object; None or "null" in a bucket without versions.

    Returns
    -------
    ``<run_stem>-<yyyymmdd-hhmmss, UTC>-<8 hex>``
    """
    stamp = last_modified.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    version = "" if version_id in (None, "null") else version_id
    digest = _digest(f"{bucket}\n{key}\n{version}")
    return f"{run_stem(dataset)}-{stamp}-{digest}"


def run_of_execution(name: str) -> str:
    """Derive a run's name from an execution's, which may hold any letter.

    A name that already is a valid stem for SageMaker jobs stays as it is;
    any other is reduced to letters, digits and hyphens and made unique by a
    digest of the whole.
    """
    if len(name) <= _RUN_LIMIT and _JOB_NAME.fullmatch(name):
        return name
    words = "-".join(re.findall(r"[a-zA-Z0-9]+", ascii_of(name)))
    stem = words[: _RUN_LIMIT - _DIGEST - 1].strip("-") or "run"
    return f"{stem}-{_digest(name)}"


def attempts_of(run: str) -> list[str]:
    """Return the job names of a run's attempts; index 0 is the run's own name.

    SageMaker never lets go of a training job's name, so each retry needs its own.
    """
    return _tried(run)


def search_stem(run: str) -> str:
    """Return what the names of a run's tuning jobs, and of their training jobs, begin with."""
    longest = _TUNING_NAME_LIMIT - len(f"-r{_ATTEMPTS - 1}") - _DIGEST - 1
    return f"{run[:longest].rstrip('-')}-{_digest(run)}"


def searches_of(run: str) -> list[str]:
    """Return the names of a run's tuning jobs, one for each attempt."""
    return _tried(search_stem(run))


def _tried(stem: str) -> list[str]:
    return [stem] + [f"{stem}-r{n}" for n in range(1, _ATTEMPTS)]


def job_pattern(run: str) -> str:
    """Return a regular expression of the names of a run's jobs, those of champions among them.

    SageMaker appends a number and letters to a tuning job's name for each of its training jobs.
    """
    searched = rf"{re.escape(search_stem(run))}(?:-r\d+)?(?:-\d+-[0-9a-zA-Z]+)?"
    return rf"(?:{re.escape(run)}(?:-r\d+)?|{searched})(?:-[{COMPARISONS}])?"


def package_group(stack: str, dataset: str) -> str:
    """Name the model package group of a stack's dataset.

    Two hyphens, which no dataset has, keep the stacks ``a`` and ``a-b`` of one
    account apart. A name over SageMaker's 63 characters is cut in its dataset
    and made unique by a digest; the stack's may have 50 characters.
    """
    group = f"{stack}--{dataset}"
    if len(group) <= _JOB_NAME_LIMIT:
        return group
    return f"{group[: _JOB_NAME_LIMIT - _DIGEST - 1].rstrip('-')}-{_digest(dataset)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]

"""The first training job: what it is called, how often, and how it may end."""

from tests.contract.engines.answers import (
    ATTEMPTS,
    fitted,
    out_of_time,
    stopped,
    unheard_of,
    waited_too_long,
)
from tests.contract.engines.scenarios.ways import (
    BROKEN,
    INVALID,
    JOB_FAILED,
    LOST,
    QUOTA_HELD,
    QUOTA_ZERO,
    STEP_FAILED,
    TAKEN,
    THROTTLED,
    THROTTLING,
    TRAIN,
    USUAL_PATH,
    after,
    job,
    over_quota,
    refused,
    scenario,
    training_job,
    until,
)
from tests.contract.engines.script import Fails, Hangs

BEFORE, THEN = until(TRAIN), after(TRAIN)
CAPACITY = (
    "Cause is a document?",
    "Read cause",
    "What failed?",
    "Wait for capacity",
    "Count the wait",
    TRAIN,
)
REFUSED = ("SageMaker busy?", "Count the refusal", "Wait for SageMaker", "Call again", TRAIN)
FULL = ("SageMaker busy?", "Count the full quota", "Wait for SageMaker", "Call again", TRAIN)
LOSE = ("Stop lost job", "Count the lost job", "Wait for SageMaker", "Call again")
NAMES = "TrainingJobName"
NO_CAPACITY = training_job("CapacityError: Unable to provision requested ML compute capacity.")
STOPPED = "The SageMaker job was stopped before it ended."
LATE = "The training job reached its time limit; in pipeline.json raise max_runtime_seconds ..."

SCENARIOS = [
    scenario(
        "capacity comes back after three waits",
        (*BEFORE, *CAPACITY * 3, *THEN),
        answers={TRAIN: [NO_CAPACITY, training_job("InternalServerError: x"), NO_CAPACITY]},
        waited={"Wait for capacity": (1200,) * 3},
        inputs={TRAIN: (NAMES, tuple(ATTEMPTS[:4]))},
    ),
    scenario(
        "capacity does not come back",
        (*BEFORE, *CAPACITY * 3, *JOB_FAILED),
        answers={TRAIN: [NO_CAPACITY] * 4},
        error="States.TaskFailed",
        cause="CapacityError: Unable to provision requested ML compute capacity.",
    ),
    scenario(
        "training fails by its data",
        (*BEFORE, *JOB_FAILED),
        answers={TRAIN: [training_job("AlgorithmError: no rows")]},
        error="States.TaskFailed",
        cause="AlgorithmError: no rows",
    ),
    *(
        scenario(
            f"training that fails with {status} is out of time",
            (*BEFORE, *JOB_FAILED[:-1], "Training out of time"),
            answers={TRAIN: [job(TrainingJobStatus="Stopped", SecondaryStatus=status)]},
            error="TrainingOutOfTime",
            cause=LATE,
        )
        for status in ("MaxRuntimeExceeded", "MaxWaitTimeExceeded")
    ),
    scenario(
        "training is stopped by a person",
        (*BEFORE, *JOB_FAILED[:-1], "Job stopped"),
        answers={TRAIN: [job(TrainingJobStatus="Stopped", SecondaryStatus="Stopped")]},
        error="JobStopped",
        cause=STOPPED,
    ),
    scenario(
        "stopped training that counts as a success is none",
        (*BEFORE, "Training complete?", "Job stopped"),
        answers={TRAIN: [stopped]},
        error="JobStopped",
        cause=STOPPED,
    ),
    scenario(
        "training of another status that counts as a success is none",
        (*BEFORE, "Training complete?", "Job stopped"),
        answers={TRAIN: [unheard_of]},
        error="JobStopped",
        cause=STOPPED,
    ),
    scenario(
        "training out of time that counts as a success is none",
        (*BEFORE, "Training complete?", "Training out of time"),
        answers={TRAIN: [out_of_time]},
        error="TrainingOutOfTime",
        cause=LATE,
    ),
    scenario(
        "training that waited too long for spot capacity is none",
        (*BEFORE, "Training complete?", "Training out of time"),
        answers={TRAIN: [waited_too_long]},
        error="TrainingOutOfTime",
        cause=LATE,
    ),
    scenario(
        "calls are refused for a while",
        (*BEFORE, *REFUSED * 4, *THEN),
        answers={
            TRAIN: [
                refused(THROTTLED),
                refused(BROKEN),
                refused(THROTTLING),
                over_quota(THROTTLED),
            ]
        },
        inputs={TRAIN: (NAMES, (ATTEMPTS[0],) * 5)},
        # The first of the numbers that chance may give.
        waited={"Wait for SageMaker": (10,) * 4},
    ),
    scenario(
        "calls are refused for too long",
        (*BEFORE, *REFUSED * 20, "SageMaker busy?", *STEP_FAILED),
        answers={TRAIN: [refused()] * 21},
        error="SageMaker.AmazonSageMakerException",
        cause=THROTTLED,
    ),
    scenario(
        "request is not valid",
        (*BEFORE, "SageMaker busy?", *STEP_FAILED),
        answers={TRAIN: [refused(INVALID)]},
        error="SageMaker.AmazonSageMakerException",
        cause=INVALID,
    ),
    scenario(
        "others hold the quota for an hour",
        (*BEFORE, *FULL * 12, *THEN),
        answers={TRAIN: [over_quota()] * 12},
        waited={"Wait for SageMaker": (300,) * 12},
    ),
    scenario(
        "others hold the quota for longer",
        (*BEFORE, *FULL * 12, "SageMaker busy?", *STEP_FAILED),
        answers={TRAIN: [over_quota()] * 13},
        error="SageMaker.ResourceLimitExceededException",
        cause=QUOTA_HELD,
    ),
    scenario(
        "there is no quota",
        (*BEFORE, "SageMaker busy?", *STEP_FAILED),
        answers={TRAIN: [over_quota(QUOTA_ZERO)]},
        error="SageMaker.ResourceLimitExceededException",
        cause=QUOTA_ZERO,
    ),
    scenario(
        "answers are lost",
        (*BEFORE, *LOSE, TRAIN, *LOSE, TRAIN, *THEN),
        answers={
            TRAIN: [LOST, TAKEN],
            "Stop lost job": [
                Fails("SageMaker.ThrottlingException"),
                Fails("SageMaker.SageMakerException", "The request was rejected"),
            ],
        },
        inputs={TRAIN: (NAMES, tuple(ATTEMPTS[:3]))},
    ),
    scenario(
        "too many answers are lost",
        (*BEFORE, *(*LOSE, TRAIN) * 20, *LOSE, *STEP_FAILED),
        answers={TRAIN: [LOST] * 21},
        inputs={"Stop lost job": (NAMES, tuple(ATTEMPTS[:21]))},
        error="SageMaker.SdkClientException",
        cause=LOST.cause,
    ),
    scenario(
        "waits, refusals and lost answers count apart",
        (*BEFORE, *CAPACITY, *LOSE, TRAIN, *REFUSED, *FULL, *CAPACITY, *THEN),
        answers={TRAIN: [NO_CAPACITY, LOST, refused(), over_quota(), NO_CAPACITY]},
        inputs={
            TRAIN: (NAMES, (*ATTEMPTS[:2], *(ATTEMPTS[2],) * 3, ATTEMPTS[3])),
        },
    ),
    scenario(
        "throttles that have a name are retried with the same name",
        USUAL_PATH,
        answers={TRAIN: [Fails("SageMaker.ThrottlingException")] * 5},
        inputs={TRAIN: (NAMES, (ATTEMPTS[0],) * 6)},
    ),
    scenario(
        "throttles that have a name do not end",
        (*BEFORE, *STEP_FAILED),
        answers={TRAIN: [Fails("SageMaker.ThrottlingException")] * 6},
        error="SageMaker.ThrottlingException",
        cause="The service says why.",
    ),
    scenario(
        "training hangs",
        (*BEFORE, "Step timed out"),
        answers={"Fit encoder": [fitted(timeout_seconds=1)], TRAIN: [Hangs(3)]},
        error="StepTimedOut",
        cause="The step took longer than its limit.",
    ),
    scenario(
        "training may not be started",
        (*BEFORE, *STEP_FAILED),
        answers={TRAIN: [Fails("SageMaker.AccessDenied", "not authorized")]},
        error="SageMaker.AccessDenied",
        cause="not authorized",
    ),
]

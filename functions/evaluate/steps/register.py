"""Steps take_turn and give_turn_back: only what was compared with the champion is registered."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from evaluate.steps.champion import find_champion
from pipeline import turns
from pipeline.aws_errors import code_of
from pipeline.documents.state import Champion

CHANGED = "champion_changed"
TAKEN = "taken"


def is_another(champion: Champion, compared: Champion) -> bool:
    """Say whether a champion is another than the one that a run was compared with."""
    return bool(champion.get("model_package_arn") != compared.get("model_package_arn"))


def take_turn(
    s3: Any, sfn: Callable[[], Any], sagemaker: Any, event: dict[str, Any], group: str
) -> str:
    """Take the dataset's turn, and keep it if the champion is the one compared with.

    Parameters
    ----------
    sfn : makes a Step Functions client, which takes time and is seldom needed.

    Returns
    -------
    "taken"; or "champion_changed", and the turn is free again.

    Raises
    ------
    RegistrationBusyError
        Another run or a person has the turn; try again later.
    """
    bucket, dataset, execution = event["bucket"], event["dataset"], event["execution"]
    name = f"run {event['run']}"
    turns.take(s3, bucket, dataset, name, execution["id"], lambda arn: _is_over(sfn(), arn))
    kept = False
    try:
        kept = not is_another(find_champion(sagemaker, group), event["champion"])
    finally:
        if not kept:
            turns.give_back(s3, bucket, dataset, name)
    return TAKEN if kept else CHANGED


def give_turn_back(s3: Any, event: dict[str, Any]) -> None:
    """Give the dataset's turn back if the run has it; a model that waits needed none."""
    turns.give_back(s3, event["bucket"], event["dataset"], f"run {event['run']}")


def _is_over(sfn: Any, arn: str) -> bool:
    try:
        return bool(sfn.describe_execution(executionArn=arn)["status"] != "RUNNING")
    except ClientError as error:
        # What Step Functions does not know is over; what this role may not see may not be.
        return bool(code_of(error) == "ExecutionDoesNotExist")

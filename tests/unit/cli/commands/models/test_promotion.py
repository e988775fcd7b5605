"""`promote` and `rollback`, as a user gives them."""

import json

from dropforge.client.stack import Stack
from tests.unit.cli.fakes import call, finished_run


def test_promote_and_rollback_say_which_model_is_in_use(stack: Stack) -> None:
    finished_run(stack, "old")
    stack.session.sagemaker.add("old", "PendingManualApproval")
    assert "In use for churn now: version 1 of run old." in call("promote", "old").stdout
    refused = call("rollback", "churn")
    assert (refused.exit_code, "insist with --yes" in refused.stderr) == (2, True)
    back = call("rollback", "churn", "--yes")
    assert "No model is in use for churn now." in back.stdout
    again = call("rollback", "churn", "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]) == (2, "RegistryError")

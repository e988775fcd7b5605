"""`show`, as a user gives it."""

import json
import re

from dropforge.client.stack import Stack
from tests.unit.cli.fakes import RUN, call, finished_run, message


def test_show_prints_what_made_the_model(stack: Stack) -> None:
    finished_run(stack)
    shown = call("show", RUN).stdout
    assert "s3://drops/inbox/churn/churn.csv, version v1, 120.0 kB" in shown
    assert '{"target": "churned"}' in shown
    assert json.loads(call("show", RUN, "--json").stdout)["code_version"] == "0.1.0"


def test_show_of_an_unknown_run_exits_2(stack: Stack) -> None:
    result = call("show", "nothing", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"] == "RunUnknownError"


def test_show_tells_the_verdict_then_from_the_package_now(stack: Stack) -> None:
    finished_run(stack)
    told = message()
    told["result"]["model_package_arn"] = stack.session.sagemaker.add(RUN, "Rejected")
    stack.session.s3.objects[f"runs/{RUN}/message.json"] = json.dumps(told).encode()
    shown = call("show", RUN).stdout
    assert re.search(r"Verdict then +approved\n", shown)
    assert re.search(r"Package now +Rejected, not in use\n", shown)

"""The template keeps its own promises: narrow roles, every region, nothing local."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud.sagemaker import images
from pipeline.delivery.backoff import Backoff
from tests.contract.states import all_states
from tidy.models import STACK_TAG

State = dict[str, Any]

FUNCTIONS = (
    "Seed",
    "Trigger",
    "Prepare",
    "Evaluate",
    "Predict",
    "Join",
    "Notify",
    "Tidy",
    "Webhook",
)
SAGEMAKER_CORE = ".cache/tables"


def resources(template: State, kind: str) -> dict[str, State]:
    return {n: r for n, r in template["Resources"].items() if r["Type"] == kind}


def statements(template: State) -> list[tuple[str, State]]:
    found = []
    for name, role in resources(template, "AWS::IAM::Role").items():
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                if "Fn::If" in statement:
                    statement = statement["Fn::If"][1]
                found.append((f"{name}.{statement['Sid']}", statement))
    return found


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_function_has_its_folder_its_role_and_its_log_group(
    template: State, root: Path
) -> None:
    functions = resources(template, "AWS::Serverless::Function")
    assert set(functions) == {f"{name}Function" for name in FUNCTIONS}
    for name in FUNCTIONS:
        properties = functions[f"{name}Function"]["Properties"]
        assert properties["Handler"] == f"{name.lower()}.handler.handler"
        assert (root / "functions" / name.lower() / "handler.py").is_file()
        assert properties["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert properties["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}LogGroup"}}
        log_group = template["Resources"][f"{name}LogGroup"]["Properties"]
        assert log_group["RetentionInDays"] == {"Ref": "LogRetentionInDays"}


def test_no_statement_allows_an_action_by_wildcard(template: State) -> None:
    for name, statement in statements(template):
        assert not [a for a in as_list(statement["Action"]) if "*" in a], name


def test_statements_on_every_resource_say_why_in_a_comment(template: State, root: Path) -> None:
    lines = (root / "template.yaml").read_text().splitlines()
    wide = {sid for sid, s in statements(template) if "*" in as_list(s["Resource"])}
    assert wide
    for sid in wide:
        places = [
            i for i, line in enumerate(lines) if line.strip() == f"- Sid: {sid.split('.')[1]}"
        ]
        assert places
        for place in places:
            assert lines[place + 1].strip().startswith("#"), sid


def test_roles_are_assumed_by_one_service_each(template: State) -> None:
    for name, role in resources(template, "AWS::IAM::Role").items():
        [statement] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert isinstance(statement["Principal"]["Service"], str), name


def test_queues_of_orders_show_an_order_again_only_when_its_function_must_be_over(
    template: State,
) -> None:
    functions = resources(template, "AWS::Serverless::Function")
    queues = resources(template, "AWS::SQS::Queue")
    polled = {}
    for function in functions.values():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "SQS":
                polled[event["Properties"]["Queue"]["Fn::GetAtt"][0]] = (function, event)
    assert set(polled) == {"TopicQueue", "WebhookQueue"}
    for name, (function, event) in polled.items():
        queue = queues[name]["Properties"]
        # Lambda developer guide, Configuring a queue to use with Lambda.
        assert queue["VisibilityTimeout"] >= 6 * function["Properties"]["Timeout"]
        tries = function["Properties"]["Environment"]["Variables"]["DELIVERY_TRIES"]
        assert queue["RedrivePolicy"]["maxReceiveCount"] == tries
        assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
            "Fn::GetAtt": ["UndeliveredQueue", "Arn"]
        }
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert event["Properties"]["BatchSize"] == 1


def test_deliveries_are_tried_for_an_hour(template: State) -> None:
    tries = int(template["Mappings"]["Delivery"]["Tries"]["Count"])
    backoff = Backoff(template["Parameters"]["DeliveryBackoffInSeconds"]["Default"])
    waits = [backoff.seconds(number) for number in range(1, tries)]
    assert 3600 <= sum(waits) <= 5400
    longest = Backoff(template["Parameters"]["DeliveryBackoffInSeconds"]["MaxValue"])
    # What SQS keeps invisible at most, since an order was received.
    assert longest.seconds(tries) < 43_200


def test_webhook_alone_is_conditional_and_its_function_alone_reads_the_address(
    template: State,
) -> None:
    conditional = {
        name
        for name, resource in template["Resources"].items()
        if resource.get("Condition") == "HasWebhook"
    }
    assert conditional == {"WebhookFunction", "WebhookRole", "WebhookLogGroup", "WebhookQueue"}
    readers = {
        name for name, s in statements(template) if "ssm:GetParameter" in as_list(s["Action"])
    }
    assert readers == {"WebhookRole.ReadAddress"}


def test_models_of_this_stack_alone_can_be_deleted(template: State) -> None:
    deleting = [
        s for s in statements(template) if "sagemaker:DeleteModel" in as_list(s[1]["Action"])
    ]
    [(name, statement)] = deleting
    assert name == "TidyRole.DeleteOwnModels"
    assert statement["Action"] == "sagemaker:DeleteModel"
    own = {f"aws:ResourceTag/{STACK_TAG}": {"Ref": "AWS::StackName"}}
    assert statement["Condition"] == {"StringEquals": own}
    variables = template["Resources"]["TidyFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["STACK_NAME"] == {"Ref": "AWS::StackName"}


def test_every_model_that_a_state_makes_says_whose_it_is(root: Path) -> None:
    made = [
        state
        for path in sorted((root / "statemachine").glob("*.asl.json"))
        for state in all_states(json.loads(path.read_text())).values()
        if str(state.get("Resource", "")).endswith(":sagemaker:createModel")
    ]
    assert len(made) >= 2
    for state in made:
        tags = {tag["Key"]: tag.get("Value") for tag in state["Parameters"]["Tags"]}
        assert tags[STACK_TAG] == "${StackName}"


def test_every_state_machine_that_makes_models_is_one_whose_runs_keep_theirs(
    template: State, root: Path
) -> None:
    makers = set()
    for name, machine in resources(template, "AWS::Serverless::StateMachine").items():
        definition = (root / machine["Properties"]["DefinitionUri"]).read_text()
        if ":sagemaker:createModel" in definition:
            makers.add(name)
    text = (root / "template.yaml").read_text()
    function = text.partition("\n  TidyFunction:\n")[2].partition("\n  TidyRole:\n")[0]
    role = text.partition("\n  TidyRole:\n")[2].partition("\n  TidyLogGroup:\n")[0]
    told = re.search(r"STATE_MACHINE_ARNS: (.*(?:\n {12,}.*)*)", function)
    seen = re.search(r"Action: states:ListExecutions\n +Resource: (.*(?:\n {18,}.*)*)", role)
    assert told
    assert seen
    assert makers == set(re.findall(r"\b\w+StateMachine\b", told[1]))
    assert makers == set(re.findall(r"\b\w+StateMachine\b", seen[1]))


def test_models_are_tidied_unless_they_are_kept_for_ever(template: State) -> None:
    zero = {"Fn::Not": [{"Fn::Equals": [{"Ref": "ModelRetentionInDays"}, 0]}]}
    assert template["Conditions"]["TidiesModels"] == zero
    conditional = {
        name
        for name, resource in template["Resources"].items()
        if resource.get("Condition") == "TidiesModels"
    }
    assert conditional == {"Tidying", "TidyingRole"}
    # A run may last 14 days, and be redriven for as many (Step Functions developer guide, Redriving
    # executions): models of both are there by default.
    assert template["Parameters"]["ModelRetentionInDays"]["Default"] >= 28


def test_xgboost_registries_are_those_of_sagemaker_core(template: State, root: Path) -> None:
    wheels = sorted((root / SAGEMAKER_CORE).glob("sagemaker_core-*.whl"))
    if not wheels:
        pytest.skip("the sagemaker-core wheel is missing; `make test` downloads it")
    with zipfile.ZipFile(wheels[-1]) as wheel:
        table = json.loads(wheel.read("sagemaker/core/image_uri_config/xgboost.json"))
    expected = table["training"]["versions"]["3.2-0"]
    mapping = template["Mappings"]["XGBoostRegistry"]
    assert {region: row["Account"] for region, row in mapping.items()} == expected["registries"]
    machine = template["Resources"]["TrainAndBatchTransformStateMachine"]["Properties"]
    image = machine["DefinitionSubstitutions"]["XGBoostImage"]["Fn::Sub"][0]
    assert image.endswith(f"/{expected['repository']}:${{XGBoostImageTag}}")
    assert template["Parameters"]["XGBoostImageTag"]["Default"] == "3.2-0"
    tags = set()
    for release, known in table["training"]["versions"].items():
        python = "".join(
            f"-{p}-{v}" for p in known.get("processors") or [] for v in known["py_versions"]
        )
        repository = known["repository"]
        assert images.ACCOUNTS[repository] == known["registries"], release
        tags.add((repository, f"{release}{python}"))
    tags |= {("xgboost", alias) for alias in table["training"]["version_aliases"]}
    assert {(name, tag) for name in images.TAGS for tag in images.TAGS[name]} == tags


def test_role_stops_trainings_of_its_own_stack_alone(template: State) -> None:
    [policy] = template["Resources"]["TrainAndBatchTransformRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    [stop] = [each for each in statements if "StopTrainingJob" in str(each["Action"])]
    own = {f"aws:ResourceTag/{STACK_TAG}": {"Ref": "AWS::StackName"}}
    assert stop["Condition"] == {"StringEquals": own}


def test_bucket_that_a_failed_creation_made_is_not_left_behind(template: State) -> None:
    assert template["Resources"]["Bucket"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert template["Resources"]["Bucket"]["UpdateReplacePolicy"] == "Retain"


def test_every_parameter_says_what_it_is_and_bounds_its_values(template: State) -> None:
    bounds = {"AllowedPattern", "AllowedValues", "MinValue"}
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"], name
        assert "Default" in parameter, name
        assert bounds & set(parameter), name


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ("", True),
        ("rate(7 days)", True),
        ("cron(0 3 ? * MON *)", True),
        ("at(2027-01-31T03:00:00)", True),
        ("rate(7 dayz)", False),
        ("rate(0 days)", False),
        ("cron(0 3 * * *)", False),
        ("at(tomorrow)", False),
    ],
)
def test_schedule_that_cannot_exist_is_refused_before_it_is_deployed(
    template: State, expression: str, taken: bool
) -> None:
    pattern = template["Parameters"]["RetrainingSchedule"]["AllowedPattern"]
    assert bool(re.search(pattern, expression)) == taken


def test_every_output_says_what_it_is(template: State) -> None:
    assert {f"{name}FunctionArn" for name in FUNCTIONS} <= set(template["Outputs"])
    assert all(output["Description"] for output in template["Outputs"].values())


def test_nothing_that_is_deployed_knows_of_the_local_cloud(root: Path) -> None:
    words = re.compile(
        r"ministack|localhost|127\.0\.0\.1|endpoint_url|AWS_ENDPOINT|dropforge\.cloud|\blocal\b",
        re.I,
    )
    files = [root / "template.yaml", *(root / "statemachine").glob("*.asl.json")]
    files += (root / "functions").rglob("*.py")
    assert len(files) > 15
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if words.search(line)
    ]
    assert found == []

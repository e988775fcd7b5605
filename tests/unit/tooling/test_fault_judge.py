"""The fault matrix's own judgement: a cell that should fail does."""

from pathlib import Path
from typing import Any

import pytest

from bench.faults import wording
from bench.faults.cell import DEAD_LETTER, FAILED, TRAINED, UNDECIDED, Cell, Expect
from bench.faults.drop import Ending
from bench.faults.judge import Packages, judge
from bench.faults.play import play, play_one
from evaluate.verdict import rule

SUBJECT = "churn: run failed"
FOOTER = (
    "\n\nFile: s3://b/inbox/churn/a.csv\nRun: churn-1\nError: ClientError\nExecution: https://x"
)
GOOD = "Find champion: ListModelPackages was refused. Allow the role to call it."
BEFORE = [("arn:package/1", "Approved")]


def text_of(cause: str) -> str:
    return f"{SUBJECT}.\n\n{cause}{FOOTER}"


def ending(verdict: str = "failed", cause: str | None = GOOD, **document: Any) -> Ending:
    told = {"Subject": SUBJECT, "Message": text_of(cause or "")}
    kept = {"verdict": verdict, "text": told["Message"], "cause": cause, "sent": ["sns"]}
    return Ending("message", [told], {**kept, **document}, 1.0)


def failures(
    found: Ending, expect: Expect, after: list[tuple[str, str]] | None = None
) -> list[str]:
    cell = Cell("sagemaker", "ListModelPackages", "access denied", expect, limit=9)
    packages = Packages(BEFORE, BEFORE if after is None else after)
    return judge(cell, found, packages, "churn-1").failures


def test_failed_run_with_one_good_message_holds() -> None:
    assert failures(ending(), Expect(FAILED)) == []


def test_false_success_does_not_hold() -> None:
    approved = ending("approved", None, result={"model_package_arn": "arn:package/2"})
    registered = [("arn:package/2", "Approved"), *BEFORE]
    assert failures(approved, Expect(TRAINED), registered) == []
    assert failures(approved, Expect(FAILED), registered) == ["it ended approved, not failed"]


def test_comparison_that_few_rows_leave_open_is_no_fault() -> None:
    registered = [("arn:package/2", "PendingManualApproval"), *BEFORE]

    def of(sentence: str, champion: bool) -> list[str]:
        result = {"model_package_arn": "arn:package/2", "sentence": sentence}
        found = ending("pending", None, result=result)
        cell = Cell("a", "b", "c", Expect(TRAINED), champion=champion, limit=9)
        return judge(cell, found, Packages(BEFORE, registered), "churn-1").failures

    said = rule.NOT_SHOWN.format("45 test rows")
    assert of(f"Pending: {said}.", champion=True) == []
    assert of("Pending: not compared.", champion=True) == [
        "it ended pending, not approved or kept_champion"
    ]
    assert of(f"Pending: {said}.", champion=False) != []


def test_success_without_the_warning_that_it_needs_does_not_hold() -> None:
    registered = [("arn:package/2", "Approved"), *BEFORE]
    result = {"model_package_arn": "arn:package/2", "warnings": ["one", "two is not known"]}
    approved = ending("approved", None, result=result)
    assert failures(approved, Expect(TRAINED, warning="is not known"), registered) == []
    missing = failures(approved, Expect(TRAINED, warning="is lost"), registered)
    assert missing == ["no warning says 'is lost'"]
    assert failures(ending(), Expect(FAILED | TRAINED, warning="is lost")) == []


def test_failed_run_that_registered_a_model_does_not_hold() -> None:
    after = [("arn:package/2", "Approved"), *BEFORE]
    assert failures(ending(), Expect(FAILED), after) == ["the failed run registered a model"]


@pytest.mark.parametrize("after", [[], [("arn:package/1", "Rejected")]])
def test_model_in_use_that_is_gone_does_not_hold(after: list[tuple[str, str]]) -> None:
    found = failures(ending(), Expect(FAILED), after)
    assert found == ["a model package that was there is gone or changed"]


def test_approval_that_registered_nothing_or_another_does_not_hold() -> None:
    approved = ending("approved", None, result={"model_package_arn": "arn:package/2"})
    assert failures(approved, Expect(TRAINED))
    assert failures(approved, Expect(TRAINED), [("arn:package/3", "Approved"), *BEFORE])
    assert failures(approved, Expect(TRAINED), [("arn:package/2", "PendingManualApproval")])
    pending = ending("pending", None, result={"model_package_arn": "arn:package/2"})
    registered = [("arn:package/2", "PendingManualApproval"), *BEFORE]
    assert failures(pending, Expect(UNDECIDED), registered) == []


def test_second_message_and_message_that_is_not_the_kept_one_do_not_hold() -> None:
    once = ending()
    twice = Ending("message", once.messages * 2, once.document, 1.0)
    assert failures(twice, Expect(FAILED)) == ["2 messages, not one"]
    assert failures(ending(text="another"), Expect(FAILED))
    assert failures(ending(sent=None), Expect(FAILED))
    assert failures(Ending("message", once.messages, None, 1.0), Expect(FAILED))


@pytest.mark.parametrize("kind", ["hang", "silence"])
def test_run_without_a_message_does_not_hold(kind: str) -> None:
    assert failures(Ending(kind, [], None, 9.0), Expect(FAILED | DEAD_LETTER))


def test_dead_letter_holds_only_where_no_message_can_come() -> None:
    buried = Ending("dead_letter", [], None, 1.0)
    assert failures(buried, Expect(DEAD_LETTER)) == []
    assert failures(buried, Expect(DEAD_LETTER), [("arn:package/2", "Approved"), *BEFORE]) == []
    assert failures(buried, Expect(DEAD_LETTER), [])
    assert failures(buried, Expect(FAILED))
    both = Ending("dead_letter", ending().messages, None, 1.0)
    assert failures(both, Expect(DEAD_LETTER)) == ["1 messages though it ended dead_letter"]


def test_cause_without_place_or_remedy_does_not_hold() -> None:
    assert failures(ending(cause="'version'"), Expect(FAILED)) == [
        "the cause names no step or file",
        "the message has no remedy",
    ]
    assert failures(ending(cause=None), Expect(FAILED)) == ["the message has no cause"]


def test_cell_whose_fault_never_came_to_be_or_cannot_be_played_does_not_hold() -> None:
    class Lane:
        def champions(self, _dataset: str) -> list[tuple[str, str]]:
            return BEFORE

        def drop(self, *_arguments: object) -> Any:
            return type("Drop", (), {"run": "churn-1", "dataset": "c0001"})()

        def await_end(self, *_arguments: object) -> Ending:
            return ending()

    lane: Any = Lane()
    for met, reason in ((False, ["the fault did not come to be"]), (True, [])):
        cell = Cell("a", "b", "c", Expect(FAILED), met=lambda _lane, _name, met=met: met)  # type: ignore[misc]
        assert play_one(cell, lane, "c0001").failures == reason
    broken = play_one(Cell("a", "b", "c", Expect(FAILED), stimulus="start"), lane, "c0001")
    assert broken.failures[0].startswith("could not be played: AttributeError")


@pytest.mark.parametrize(
    "cause",
    [
        "column 'prize' is not in it; set \"target\" in pipeline.json",
        "Rate exceeded. Drop the file again.",
        "The quota is 0. Please use AWS Service Quotas to request an increase.",
        "It is not as it was written, so drop the file again",
        "It is damaged: start the run again.",
    ],
)
def test_instruction_is_a_remedy(cause: str) -> None:
    assert wording.has_remedy(text_of(cause))


@pytest.mark.parametrize(
    "cause",
    [
        "'version'",
        "buffer size must be a multiple of element size",
        "Rate exceeded (Service: SageMaker; Status Code: 400; Request ID: 1; Proxy: null)",
        "no identity-based policy allows the sagemaker:ListModelPackages action",
        "maximum recursion depth exceeded",
        "list indices must be integers or slices, not str",
        "ClientError: See job logs for more information",
        "learner.cc:1285: Check failed: num_feature == num_col",
        "An error occurred (NoSuchKey) when calling the GetObject operation: it does not exist.",
        "The open file was read, and the run set a value.",
    ],
)
def test_description_is_no_remedy(cause: str) -> None:
    assert not wording.has_remedy(text_of(cause))


def test_place_is_a_state_or_what_the_cell_names_but_not_in_the_footer() -> None:
    assert wording.names_place(text_of("Fit encoder failed."), ())
    assert wording.names_place(text_of("plan.json is damaged."), ("plan.json",))
    assert wording.names_place(text_of("PLAN.JSON is damaged."), ("plan.json",))
    assert not wording.names_place(text_of("we could not evaluate it."), ())
    assert not wording.names_place(text_of("it is damaged."), ("inbox/churn", "ClientError"))
    assert {"Evaluate", "Champion batch transform", "Encode chunk"} <= set(wording.states())


def test_cell_whose_fault_is_not_met_by_chance_is_played_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.faults.play._LATE_SECONDS", 0.0)

    class Inbox:
        def messages(self, *_arguments: object) -> list[dict[str, str]]:
            return []

    class Lane:
        folder, inbox = Path("lane0"), Inbox()
        asked = 0

        def champions(self, _dataset: str) -> list[tuple[str, str]]:
            return BEFORE

        def drop(self, *_arguments: object) -> Any:
            return type("Drop", (), {"run": "churn-1", "dataset": "x0001"})()

        def await_end(self, *_arguments: object) -> Ending:
            return ending()

        def met(self, at: int) -> bool:
            self.asked += 1
            return self.asked == at

    for at, asked, reason in ((2, 2, []), (9, 3, ["the fault did not come to be"])):
        lane: Any = Lane()
        cell = Cell("a", "b", "c", Expect(FAILED), met=lambda own, _name, at=at: own.met(at))  # type: ignore[misc]
        [result] = play([cell], [lane], lambda _result: None)
        assert (lane.asked, result.failures) == (asked, reason)

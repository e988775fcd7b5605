"""The words that several parts share: tasks, metrics, splits, verdicts, warnings."""

from typing import Literal

Task = Literal["regression", "binary", "multiclass"]
TASKS: tuple[Task, ...] = ("regression", "binary", "multiclass")

DecimalSign = Literal[".", ","]

METRICS: dict[Task, tuple[str, ...]] = {
    "regression": ("rmse", "mae", "r2"),
    "binary": ("auc", "average_precision", "logloss", "accuracy", "f1", "cost"),
    "multiclass": ("mlogloss", "accuracy", "macro_f1"),
}
"""What a model can be judged by; the first is the default of its task."""
THRESHOLD = 0.5
"""A binary row counts as positive from this probability on, where nothing else was chosen."""
COST_ROWS = 1_000
"""Rows of which the metric cost is the cost."""

SPLITS = ("train", "validation", "test")
"""In the order of their numbers."""
TRAIN, VALIDATION, TEST = range(3)
ROW_COUNTS = (*SPLITS, "dropped")
"""What becomes of a file's rows."""

SplitBy = Literal["position", "time", "group", "content"]
"""What decides into which split a row falls."""
ChosenBy = Literal["default", "settings", "file"]
"""Who decided that: nobody, pipeline.json, or what the file holds."""

Outcome = Literal["approved", "pending", "kept_champion", "below_minimum"]
ApprovalStatus = Literal["Approved", "PendingManualApproval", "Rejected"]
"""Of a model package (SageMaker API reference, ModelApprovalStatus)."""
APPROVAL: dict[Outcome, ApprovalStatus] = {
    "approved": "Approved",
    "pending": "PendingManualApproval",
    "kept_champion": "Rejected",
    "below_minimum": "Rejected",
}
Finding = Literal["better", "equal", "worse", "undecided"]
"""Of the challenger, beside the champion."""
DataAge = Literal["newer", "same", "not newer"]
"""The challenger's file beside the champion's."""
Obstacle = Literal["failed", "question", "unfit", "seen", "changed"]
"""What kept a champion from being compared."""
TargetBy = Literal["settings", "name", "names", "first", "last"]
"""How the target was found: the settings name it, a column is called so (or several are), or
for want of that the first column (SageMaker's own form) or the last."""
SURE_TARGETS: tuple[TargetBy, ...] = ("settings", "name")
"""All others are guesses."""
Promotion = Literal["auto", "manual", "never"]
Goal = Literal["min", "max"]

WarningCode = Literal[
    "added_columns",
    "ambiguous_dates",
    "ambiguous_numbers",
    "ambiguous_times",
    "bad_rows",
    "baseline_within_interval",
    "champion",
    "champion_not_compared",
    "champion_rows_unknown",
    "champion_saw_rows",
    "champion_unread",
    "class_missing",
    "codes_as_numbers",
    "commented_rows",
    "copies",
    "decision_missing",
    "dropped_chance",
    "dropped_constant",
    "dropped_empty",
    "dropped_identifier",
    "dropped_text",
    "encoding",
    "extra_columns",
    "few_rows_decide",
    "few_rows_of_class",
    "few_test_rows",
    "group_split",
    "footer",
    "header_delimiter",
    "imbalance",
    "infinite_values",
    "leakage",
    "leakage_unchecked",
    "metric_changed",
    "metric_undefined",
    "missing_as_class",
    "missing_as_written",
    "missing_more",
    "missing_code",
    "mixed_units",
    "more",
    "no_better_than_baseline",
    "no_header",
    "no_target",
    "not_refitted",
    "numbers_as_classes",
    "part_of_the_test_rows",
    "preamble",
    "read_as_category",
    "renamed",
    "repeated_header",
    "row_names",
    "same_categories",
    "same_columns",
    "same_labels",
    "search_ended",
    "search_untold",
    "stray_class",
    "subtotals",
    "suffix",
    "target_code",
    "target_given_away",
    "target_guessed",
    "swallowed_lines",
    "target_is_constant",
    "target_total",
    "target_unread",
    "task_of_champion",
    "time_missing",
    "time_order",
    "time_split",
    "tiny_data",
    "unit",
    "under_header",
    "unread_values",
    "unseen_values",
    "wide_interval",
]
"""Of what a run's owner should know; programs may rely on them."""
ASKING: dict[WarningCode, str] = {
    "ambiguous_numbers": "some of its numbers can be read in two ways",
    "mixed_units": "the numbers of a column may not be of one unit",
    "stray_class": "a class of its target stands in a row or two",
    "subtotals": "lines of totals seem to stand between its rows",
    "target_code": "its target may hold a code for missing values",
    "target_given_away": "a column seems to give its target away",
    "target_total": "its target seems to hold a line of totals",
}
"""Warnings of the data after which no model is approved before a person has looked; each with
the reason, a clause that completes a sentence."""

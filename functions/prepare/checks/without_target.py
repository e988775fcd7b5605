"""Part of step fit: whether a file is new rows that were meant to be predicted."""

from pipeline.documents.chunk_profile import MergedProfile
from pipeline.documents.encoder import Encoder, TargetFacts, columns_of
from pipeline.documents.plan import Plan
from pipeline.errors import TargetMissingError, TargetUnusableError
from pipeline.new_rows import how_to_score
from pipeline.wording import counted, quoted


def refuse_without_target(plan: Plan, dataset: str, champion: Encoder | None) -> None:
    """Refuse a file with all that the model in use needs, but without its target.

    The guess would take another column for the target, one that the model predicts from. A
    target that a person named counts, and so does a new column where targets stand: it may be
    the target under a new name.

    Parameters
    ----------
    champion : the encoder of the model in use; None if there is none.

    Raises
    ------
    TargetMissingError
    """
    if champion is None or plan["target_by"] == "settings":
        return
    if not (_lacks_target(plan, champion) or _lacks_first(plan, champion)):
        return
    needed = len(columns_of(champion["features"]))
    target = quoted(champion["target"]["name"])
    raise TargetMissingError(
        f"{plan['file']} has {'the column' if needed == 1 else f'all {needed} columns'} that the "
        f"approved model of {dataset} predicts from, but not its target, {target}. If these are "
        f"new rows to be predicted, {how_to_score(dataset, plan['file'])}. To train on them, add "
        f'{target}, or name another column as "target" in pipeline.json'
    )


def refuse_empty_target(
    profile: MergedProfile, plan: Plan, dataset: str, known: TargetFacts | None
) -> None:
    """Refuse a file in which the target of the model in use stands, but empty in all rows.

    Parameters
    ----------
    known : what the model in use predicts, if there is one.

    Raises
    ------
    TargetUnusableError
    """
    name, rows = plan["target"], profile["rows"]
    if known is None or not _same(name, known["name"]) or rows == 0:
        return
    if profile["columns"][plan["columns"].index(name)]["missing"] < rows:
        return
    raise TargetUnusableError(
        f"target {quoted(name)} of {plan['file']} is empty in all of {counted(rows, 'row')}, so "
        f"there is nothing to learn. If these are new rows to be predicted, "
        f"{how_to_score(dataset, plan['file'])}. To train on them, fill it in, or name another "
        f'column as "target" in pipeline.json'
    )


def _lacks_target(plan: Plan, champion: Encoder) -> bool:
    """Tell whether the names say so."""
    columns, known = plan["columns"], champion["columns"]
    target = champion["target"]["name"]
    if any(name == target or (name not in known and _same(name, target)) for name in columns):
        return False
    return plan["target"] in known and set(columns_of(champion["features"])) <= set(columns)


def _lacks_first(plan: Plan, champion: Encoder) -> bool:
    """Tell whether the first column of a file without a header, the target, was taken off it.

    The others have moved up by one, and their names with them.
    """
    return (
        not plan["header"]
        and champion.get("header") is False
        and champion["target"]["name"] == champion["columns"][0]
        and len(plan["columns"]) == len(champion["columns"]) - 1
        and plan["target_by"] != "first"
    )


def _same(name: str, other: str) -> bool:
    """Tell whether two names differ in case, blanks and the like at most."""
    return name == other or _plain(name) == _plain(other) != ""


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())

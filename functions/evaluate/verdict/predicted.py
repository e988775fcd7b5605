"""The test rows with what the new model and the one in use say of them, each by its decision."""

from evaluate.metrics.scored import Scored
from evaluate.rows.groups import read_groups
from evaluate.rows.holdout import Holdout, read_holdout, read_scores
from evaluate.verdict.comparison import rivals_of
from evaluate.verdict.judgement import Rivals
from evaluate.verdict.rule import NotCompared
from pipeline import run_names
from pipeline.documents.encoder import TargetFacts
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring import decision as documents
from pipeline.documents.state import Judged
from pipeline.settings import Costs
from scoring.calibrated import calibrated
from scoring.decision import Decision


def predicted_rows(
    files: RunFiles,
    event: Judged,
    target: TargetFacts,
    test_rows: int,
    decided: documents.Decision | None,
    costs: Costs | None,
) -> tuple[Holdout, Scored, Rivals | NotCompared | None]:
    """Return the holdout with the challenger's and the champion's predictions of it.

    Parameters
    ----------
    decided : the challenger's decision.
    """
    task, classes = target["task"], list(map(str, target.get("classes") or []))
    holdout = read_holdout(files, test_rows, len(classes))
    predicted = read_scores(files, holdout, "predictions", task, len(classes))
    groups = read_groups(files, holdout)
    decision = Decision.of_document(decided)
    scored = Scored(
        task, holdout.truth, calibrated(decision, predicted), classes, groups, decision, costs
    )
    champion: Rivals | NotCompared | None = None
    count = event["comparisons"]["count"]
    if count >= run_names.COMPARISON_LIMIT:
        champion = NotCompared("changed", f"it was another one after each of {count} comparisons")
    elif event["champion"]["found"]:
        champion = rivals_of(files, holdout, event, scored, target["name"])
    return holdout, scored, champion

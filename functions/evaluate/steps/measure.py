"""Step measure: how good the predictions of a scored file are, where it holds the truth."""

import numpy as np

from evaluate.metrics.baseline import values_of
from evaluate.metrics.measures import Floats
from evaluate.metrics.scored import Scored, metric_for, metrics_of
from evaluate.rows.holdout import MAX_PROBABILITIES, MAX_ROWS, TRUTH, spread
from evaluate.rows.parse import join_parts, read_predictions, read_truth
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.run_files import CHUNKS, RunFiles, in_parallel
from pipeline.documents.scoring.result import Measured
from pipeline.errors import PredictionCountError
from pipeline.vocabulary import METRICS
from scoring.calibrated import calibrated
from scoring.decision import Decision


def measure_scored(files: RunFiles) -> Measured | None:
    """Measure the predictions of the rows that have a true value.

    Returns
    -------
    The metric that the model was registered by, and all of the task; None if no row has a true
    value.

    Raises
    ------
    PredictionCountError, PredictionValueError
        Predictions and rows do not belong together.
    """
    target, scoring = (
        files.read_document(kinds.ENCODER)["target"],
        files.read_document(kinds.SCORING),
    )
    classes = list(target.get("classes") or [])
    names = files.names(TRUTH)
    if not names:
        return None
    rows = files.read_document(kinds.CHECK)["rows"]
    limit = min(MAX_ROWS, MAX_PROBABILITIES // max(len(classes), 1))

    def read(name: str) -> tuple[Floats, Floats]:
        number = int(name.removesuffix(".csv").rpartition("-")[2])
        note = files.read_json(
            CHUNKS, layout.note_name(layout.SCORE_NOTE, number), kind=kinds.SCORE_NOTE
        )
        body = files.read(TRUTH, name, kind=kinds.TRUTH)
        places, truth = read_truth(body, files.uri(TRUTH, name), len(classes), note["rows"])
        width = len(classes) if target["task"] == "multiclass" else 1
        answer = f"{name}.out"
        text = files.read(
            layout.PREDICTIONS, answer, kind=kinds.predictions(note["rows"], max(width, 1))
        )
        uri = files.uri(layout.PREDICTIONS, answer)
        predicted = read_predictions(text, uri, target["task"], note["rows"], width)
        if len(places) and places.max() >= len(predicted):
            raise PredictionCountError(f"{uri} has fewer predictions than the file has rows")
        return truth, predicted[places.astype(np.intp)]

    parts = list(in_parallel(read, spread(names, rows, limit)))
    truth, predicted = (join_parts(arrays) for arrays in zip(*parts, strict=True))
    if not len(truth):
        return None
    decided = scoring.get("decision")
    decision, costs = Decision.of_document(decided), decided["costs"] if decided else None
    own = calibrated(decision, predicted)
    scored = Scored(target["task"], truth, own, classes, decision=decision, costs=costs)
    usual = METRICS[target["task"]][0]
    # The model may have been registered by a metric that this version does not have.
    metric = metrics_of(scored).get(scoring["champion"].get("metric", usual)) or metric_for(
        target["task"], usual
    )
    values = values_of(scored)
    return {
        "metric": {"name": metric.name, "value": values[metric.name], "goal": metric.goal},
        "metrics": values,
        "rows": len(truth),
    }

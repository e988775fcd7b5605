"""The data of the plots."""

import numpy as np

from evaluate.metrics.scored import Scored
from evaluate.output.plots import plots_of


def test_confusion_above_twenty_classes_counts_all_rows() -> None:
    truth = np.r_[np.repeat(np.arange(25.0), 10), np.full(100, 24.0)]
    chosen = np.r_[np.repeat(np.arange(25), 10), np.arange(100) % 25]
    scored = Scored("multiclass", truth, np.eye(25)[chosen], [f"c{i}" for i in range(25)])
    plots = plots_of(scored)
    assert plots["confusion_classes"][-1] == "c24"
    assert plots["confusion_rows"] == [10] * 19 + [110]
    assert plots["confusion"][-1][-1] == 14
    assert sum(map(sum, plots["confusion"])) + plots["confusion_outside"] == 350

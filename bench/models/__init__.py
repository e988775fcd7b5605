"""How good the models are: ours beside rivals, on the same rows of public datasets."""

import os
import sys
from pathlib import Path

# Before xgboost is loaded: threads that wait for each other count as processor time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The functions' own root, as Lambda has it; the benchmark runs from the project's root.
_FUNCTIONS = str(Path(__file__).parents[2] / "functions")
if _FUNCTIONS not in sys.path:
    sys.path.insert(0, _FUNCTIONS)

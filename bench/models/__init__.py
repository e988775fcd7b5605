"""How good the models are: ours beside rivals, on the same rows of public datasets."""

import os

# Before xgboost is loaded: threads that wait for each other count as processor time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

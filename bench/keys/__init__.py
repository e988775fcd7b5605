"""How well keys are told from measurements."""

import sys
from pathlib import Path

_FUNCTIONS = str(Path(__file__).parents[2] / "functions")
if _FUNCTIONS not in sys.path:
    sys.path.insert(0, _FUNCTIONS)

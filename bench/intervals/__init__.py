"""How often intervals hold a metric's true value, and which challengers are promoted."""

import sys
from pathlib import Path

# The functions' own root, as Lambda has it; the benchmark runs from the project's root.
_FUNCTIONS = str(Path(__file__).parents[2] / "functions")
if _FUNCTIONS not in sys.path:
    sys.path.insert(0, _FUNCTIONS)

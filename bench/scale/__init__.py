"""What a run takes as files grow, what that costs on AWS, and which quota ends it."""

import sys
from pathlib import Path

# The functions' own root, as Lambda has it; the benchmark runs from the project's root.
_FUNCTIONS = str(Path(__file__).parents[2] / "functions")
if _FUNCTIONS not in sys.path:
    sys.path.insert(0, _FUNCTIONS)

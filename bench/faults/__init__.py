"""What becomes of a run when something breaks: one cell for each thing and each way to break."""

import sys
from pathlib import Path

# The functions' own root, as Lambda has it; the matrix runs from the project's root.
_FUNCTIONS = str(Path(__file__).parents[2] / "functions")
if _FUNCTIONS not in sys.path:
    sys.path.insert(0, _FUNCTIONS)

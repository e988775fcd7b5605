"""What README and docs quote: measurements, the fault matrix, and kills of the local cloud."""

import sys
from pathlib import Path

# The functions' own root, as Lambda has it; benches run from the project's root.
_FUNCTIONS = str(Path(__file__).parents[1] / "functions")
if _FUNCTIONS not in sys.path:
    sys.path.insert(0, _FUNCTIONS)

"""What the evaluation writes for machines: evaluation.json, and the state's payload."""

"""What must be known before a model is trained: leakage, and whether the champion can compete."""

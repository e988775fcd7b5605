"""The decision of a new model: its probabilities corrected, and its threshold."""

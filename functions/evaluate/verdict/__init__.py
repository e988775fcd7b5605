"""How good a model is, whether it is better, and what becomes of it."""

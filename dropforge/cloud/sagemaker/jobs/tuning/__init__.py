"""Hyperparameter tuning jobs: what their calls and the job itself have of their own."""

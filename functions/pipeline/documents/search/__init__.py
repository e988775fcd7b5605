"""A search for hyperparameters: what a run begins with, and what it found."""

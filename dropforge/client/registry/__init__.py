"""Which model of a dataset is in use, changed by a person."""

"""The champion of a dataset, changed by a person."""

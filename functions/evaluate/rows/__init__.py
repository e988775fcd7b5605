"""The test rows: truth and predictions, read and held against each other."""

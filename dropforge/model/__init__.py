"""A trained model in Python: the rows that people have in, predictions in their words out."""

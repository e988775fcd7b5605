"""The steps of the prediction: one chunk's rows, and what the whole model goes by."""

"""The command and the local cloud: drop a CSV, get a model, predictions and a message."""

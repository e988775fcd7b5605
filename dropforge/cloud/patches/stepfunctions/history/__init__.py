"""What stands in the history of an execution, and in the log group that its machine names."""

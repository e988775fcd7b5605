"""Where ministack's CloudWatch Logs differ from AWS's."""

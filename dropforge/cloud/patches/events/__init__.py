"""Where ministack's EventBridge differs from AWS's."""

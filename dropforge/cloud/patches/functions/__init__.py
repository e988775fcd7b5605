"""Where ministack's Lambda differs from AWS's."""

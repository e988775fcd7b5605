"""Where ministack's policies differ from AWS's."""

"""Where ministack's Step Functions differ from AWS's."""

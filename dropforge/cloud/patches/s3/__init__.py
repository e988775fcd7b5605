"""Where ministack's S3 differs from AWS's."""

"""Deletes SageMaker models that nothing needs any more."""

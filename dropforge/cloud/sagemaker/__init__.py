"""SageMaker: training and batch transform jobs that really run, models, and the model registry."""

"""What runs inside a job's own process, on the folders of SageMaker's containers.

The behaviour follows AWS's open-source XGBoost container
(github.com/aws/sagemaker-xgboost-container), 3.2-0; each module names the file
that it follows. Nothing here knows of S3, of the API or of the server.
"""

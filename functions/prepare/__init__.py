"""Turns a dropped CSV, of any size, into what SageMaker XGBoost trains and predicts on."""

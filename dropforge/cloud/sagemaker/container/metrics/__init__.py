"""What is measured after each round, where XGBoost does not do it."""

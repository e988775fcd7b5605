"""From the text of records to the numbers that XGBoost takes, and back."""

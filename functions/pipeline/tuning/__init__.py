"""What pipeline.json may say of a search for hyperparameters."""

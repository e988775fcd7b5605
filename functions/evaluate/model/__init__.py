"""What the model file and the training log say."""

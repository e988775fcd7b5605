"""What the training job is given: hyperparameters, machines, time and money."""

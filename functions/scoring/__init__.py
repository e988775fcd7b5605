"""What predicting has in common wherever it happens: the booster, its contributions, the words."""

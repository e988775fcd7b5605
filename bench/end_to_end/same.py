"""What both ways have in common."""

TARGET = "churned"
ROUNDS = 50
HYPERPARAMETERS = {"eta": 0.1, "max_depth": 6}

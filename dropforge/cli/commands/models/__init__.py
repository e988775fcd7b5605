"""The commands for the models in use: who is the champion, and what it predicts."""

"""The steps of the evaluation: champion, evaluate, and register (take and give back a turn)."""

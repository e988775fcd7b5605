"""How long predicting and explaining a chunk takes, and how much memory."""

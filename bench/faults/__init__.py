"""What becomes of a run when something breaks: one cell for each thing and each way to break."""

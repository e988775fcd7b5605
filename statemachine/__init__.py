"""The state machine and what keeps its file, its drawing and its retriers in order."""

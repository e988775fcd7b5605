"""The models of a stack: where their files are, and copies of them on this machine."""

"""How long an edit takes until the running stack has it; docs/local-development.md quotes it."""

"""Deploying the SAM template to the local cloud."""

"""Metrics: what a model is judged by, and how sure that is."""

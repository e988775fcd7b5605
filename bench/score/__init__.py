"""Scoring beside a script that reads, encodes, predicts and writes."""

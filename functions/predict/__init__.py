"""Predicts encoded rows with the champion itself, and gives the reasons."""

"""The verdict: comparison with the champion, the promotion rule, and warnings."""

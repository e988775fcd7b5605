"""Judge a run: metrics, comparison with the champion, verdict, report."""

"""report.html: the evaluation as one page for people."""

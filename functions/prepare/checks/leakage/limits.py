"""From where on a column is told or asked about (ADR 68): measured on public tables."""

SURE_GAIN, LIKELY_GAIN = 0.99, 0.98
SURE_AREA, LIKELY_AREA = 0.9995, 0.997
SURE_LIKENESS, LIKELY_LIKENESS = 0.9999, 0.998
SURE_FILLED, LIKELY_FILLED = 0.5, 0.2
SURE_ERRORS = 100
"""Rows off the commonest class, of which a share of 99 % can be shown: none wrong of 24 happens to
an honest column, too."""
LEAST = 10
"""Rows off the commonest class in each half, on average, below which nothing is said."""
LEAST_OF_CLASS = 8

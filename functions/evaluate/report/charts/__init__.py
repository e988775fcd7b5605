"""Inline SVG plots of the report: no script, no font, colours from the page's style sheet."""

"""Figures, names and quotes in a text."""

"""Metrics with bootstrap intervals, and the comparison of models on the same firms."""

"""Signals of a firm at an as-of date, computed only from what was known on that day."""

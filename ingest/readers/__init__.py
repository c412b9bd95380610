"""Readers of table files and databases: from bytes to raw columns."""

"""Registered models in an MLflow store: versions, aliases, files and champions."""

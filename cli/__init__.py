"""The ``giants`` command."""

from littlegiants.cli.app import main

__all__ = ["main"]

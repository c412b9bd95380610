"""Importers that turn published registers and exports into the tables of the contract."""

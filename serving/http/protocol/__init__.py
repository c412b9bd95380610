"""Requests at the level of HTTP: limits, bodies, forms and problems."""

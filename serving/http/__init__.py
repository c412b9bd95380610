"""The HTTP service: keys, limits and endpoints around a scorer."""

"""The signals: one module a family, one function a column."""

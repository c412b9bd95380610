"""Firms as JSON records: their schema, and the way from records to rows."""

"""Firms found again in other sources: by registration id, by website, by name and place."""

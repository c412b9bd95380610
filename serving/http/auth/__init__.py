"""Access control of the service: keys, scopes and rate limits."""

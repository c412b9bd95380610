"""Who may call the service, and how often: keys, scopes and rates."""

"""How far tables can be trusted in time: measured shares, each with its meaning for a model."""

"""How far a set of tables can be trusted in time: measured shares, each with what it means for a model."""

"""Whether scored firms still resemble those that a model learned from, and a record of every such comparison."""

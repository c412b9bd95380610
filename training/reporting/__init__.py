"""A backtest as a page for people and as a model card; every number and every sentence comes from what was measured."""

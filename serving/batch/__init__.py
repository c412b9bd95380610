"""Scoring as a job: in partitions where tables are larger than memory, resumed after a stop, with an account of all."""

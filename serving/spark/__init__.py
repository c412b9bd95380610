"""Scores of more firms than one machine holds: the functions of one machine, by partitions of firms, on Spark."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.serving.spark.job import SparkScores, score
else:
    __getattr__ = loader(__name__, {"job": "SparkScores score"})

__all__ = ["SparkScores", "score"]

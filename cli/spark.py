"""``giants score`` on Spark: a session that keeps quiet, its failures in one line, its results as one machine's."""

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from littlegiants.ingest.errors import ConfigError, LittleGiantsError, StopError
from littlegiants.ingest.extras import require_extra

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from littlegiants.models.signing.trust import Trust
    from littlegiants.serving.batch.job import Job
    from littlegiants.serving.batch.scored_partition import Order

Engine = Literal["local", "spark"]


@contextmanager
def session() -> Iterator["SparkSession"]:
    """Give the Spark session for a block: the one that is there, else a new one of the cluster that Spark is set to.

    Raises
    ------
    LittleGiantsError
        If Java is missing, or Spark fails in the block.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    # Executors on this machine run this Python, not any that they find first.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    running = SparkSession.getActiveSession()
    with warnings.catch_warnings():
        # Of conversions to pandas that nothing here asks Spark for.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        try:
            spark = running or SparkSession.builder.appName("giants score").getOrCreate()
            yield spark
        except (Py4JError, PySparkException) as error:
            raise LittleGiantsError(f"Spark failed: {_reason(error)}") from error
        finally:
            if running is None and (made := SparkSession.getActiveSession()) is not None:
                made.stop()


@dataclass(frozen=True, slots=True)
class _Collected:
    """All scores of a job on Spark, as a partition of one machine gives its own."""

    frame: "pd.DataFrame"

    def scores(self, columns: list[str] | None = None) -> "pd.DataFrame":
        return self.frame if columns is None else self.frame[columns]


def check_engine(engine: Engine, report: Path | None, resume: bool) -> None:
    """Refuse options that the engine does not have.

    Parameters
    ----------
    engine, report, resume
        As of `littlegiants.cli.scoring.score`.

    Raises
    ------
    ConfigError
        Naming the option.
    MissingExtraError
        If Spark is not installed.
    """
    if engine != "spark":
        return
    require_extra("spark", "--engine spark")
    for option, given in (("--report", report is not None), ("--resume", resume)):
        if given:
            raise ConfigError(f"{option} is not for --engine spark; leave one of the two out")


def score_on_spark(order: "Order", model: str, store: str | None, trust: "Trust | None", version: str) -> "Job":
    """Score a folder of Parquet files on Spark, and return the job as one machine would.

    Parameters
    ----------
    order
        What is wanted.
    model, store, trust
        As of `littlegiants.cli.scoring.open_scorer`.
    version
        The model that this process has read.

    Raises
    ------
    StopError
        If the registry names another model by now.
    LittleGiantsError
        As of `session` and of `littlegiants.serving.spark.job.score`.
    """
    from littlegiants.ingest.tables.quarantine import RECORD_COLUMNS, Quarantine
    from littlegiants.serving.batch.inputs import digested
    from littlegiants.serving.batch.job import Job
    from littlegiants.serving.spark import score

    with session() as spark, digested(order.data) as inputs:
        found = score(
            spark,
            order.data,
            order.as_of,
            model,
            store=store,
            trust=trust,
            firms=order.firms,
            explain=order.explain,
            allow_stale=order.allow_stale,
            watch=order.watch,
            ignore_columns=order.ignore_columns,
        )
        scores = _to_frame(found.scores, ["firm_id"])
        quarantine = Quarantine.of(_to_frame(found.quarantine, RECORD_COLUMNS))
        found.release()
    if not scores["model_version"].eq(version).all():
        raise StopError(f"{model} changed while the tables were scored; score again")
    return Job(found.account, quarantine, found.summary, inputs, None, [_Collected(scores)])


def _to_frame(rows: "DataFrame", by: Sequence[str]) -> "pd.DataFrame":
    """Return the rows of Spark as a frame in the order of some columns."""
    frame: pd.DataFrame = rows.toArrow().to_pandas()
    return frame.sort_values(list(by), ignore_index=True)


def _reason(error: Exception) -> str:
    """Return the first line that says what went wrong, be it Java's or Python's."""
    java = getattr(error, "java_exception", None)
    text = str(error) if java is None else str(java.toString())
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)

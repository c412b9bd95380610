"""What a process of a job does: one partition after the other."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from littlegiants.models.scoring.lean_import import import_lightgbm_alone

if TYPE_CHECKING:
    from littlegiants.serving.scorer import Scorer


def score_kept_partition(rows: Path, number: int, model: Path, order: Path, out: Path) -> None:
    """Score one partition and keep it.

    Parameters
    ----------
    rows
        Folder of the partitions, see `littlegiants.ingest.readers.partitions`.
    number
        Of the partition.
    model
        Folder of the artefact.
    order
        File of what is wanted, see `littlegiants.serving.batch.scored_partition.Order`.
    out
        Folder for what comes of it.

    Raises
    ------
    TableError, StopError, AsOfError, ConfigError
        As of `littlegiants.serving.batch.job.score_in_partitions`.
    FileNotFoundError
        If the partitions are no longer there.
    """
    import_lightgbm_alone()
    import msgspec

    from littlegiants.ingest.readers.partitions import read_partitions
    from littlegiants.serving.batch.scored_partition import Order, keep_partition, score_partition

    partitions = read_partitions(rows)
    if partitions is None:
        raise FileNotFoundError(2, "the job's folder has been removed", str(rows))
    wanted = msgspec.json.decode(order.read_bytes(), type=Order)
    scored = score_partition(_scorer(model), partitions.partition(number), wanted)
    keep_partition(scored if number == 0 else scored.without_rates(), out)


@cache
def _scorer(model: Path) -> "Scorer":
    from littlegiants.serving.scorer import Scorer

    return Scorer.from_artefact(model)

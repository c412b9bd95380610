"""The manifest of a job: what it read, what became of it, and the digests of what it wrote. It is written last."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec

from littlegiants.ingest.files.atomic import replacing, staged_content
from littlegiants.models.scoring.model import Model
from littlegiants.serving.batch.job import Job
from littlegiants.serving.batch.scored_partition import Order
from littlegiants.serving.watch.run import judged

FORMAT = 1


def write_manifest(
    path: Path, order: Order, model: Model, job: Job, notes: Sequence[str], outputs: Iterable[Path | None]
) -> None:
    """Write the manifest, in the set of the outputs that are being published.

    It holds no time of day, so that the same job writes the same bytes again.

    Parameters
    ----------
    path
        The file.
    order, model, job
        What was wanted, the model, and what was scored.
    notes
        Sentences for whoever uses the scores.
    outputs
        The files that the job has written; None for one that was not wanted.
    """
    account = job.account
    written = {
        "format": FORMAT,
        "as_of_date": order.as_of.isoformat(),
        "model_version": model.version,
        "model_digest": model.manifest.digest,
        "inputs": job.inputs,
        "outputs": [_file(file, staged_content(file)) for file in outputs if file is not None],
        "firms": account.total,
        "firms_by_end": account.firms,
        "abstained": account.withheld,
        "tables": [asdict(sums) for sums in account.reconciliations],
        "newest_event": account.newest,
        "notes": list(notes),
        "watch": _watched(model, job, order),
    }
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(written), indent=2) + b"\n")


def _watched(model: Model, job: Job, order: Order) -> dict[str, object] | None:
    """Return whether the firms are like those of the training; None where there is nothing to compare with."""
    if model.cohort is None or not job.summary.firms:
        return None
    found = judged(model, job.summary, job.market(), order.as_of)
    return {
        "reference_as_of_date": found.reference_as_of,
        "reference_firms": found.reference_firms,
        "firms": found.firms,
        "model_age": found.model_age.staleness.value,
        "alarms": found.alarms,
        "unseen": found.unseen,
        "expected_skill": asdict(found.expected),
        "checks": [{**asdict(check), "alarm": check.alarm} for check in found.checks],
    }


def _file(path: Path, content: Path) -> dict[str, object]:
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": path.name, "bytes": content.stat().st_size, "sha256": digest}

"""A model before the gate: its folder, and what can be read of it safely."""

from dataclasses import dataclass
from pathlib import Path

from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.artefact.integrity import checked
from littlegiants.models.artefact.recorded_scores import differing_rows
from littlegiants.models.manifest import Manifest
from littlegiants.models.scoring.model import Model, check_features
from littlegiants.training.promotion.decision import Check, found


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered model, fetched.

    Attributes
    ----------
    folder
        Its artefact.
    version
        Its number in the registry; 0 outside of one.
    digest
        The digest it was registered under; empty outside of a registry.
    protocol
        Digest of the policy it was promoted under; empty if it was not.
    rolled_back
        When and why it was taken back, or empty.
    """

    folder: Path
    version: int = 0
    digest: str = ""
    protocol: str = ""
    rolled_back: str = ""

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(path.stat().st_size for path in self.folder.iterdir())


def read(candidate: Candidate) -> tuple[Model | None, list[Check]]:
    """Read a model as far as it can be trusted, and return the findings.

    Returns
    -------
    Model or None
        None if a check refused it before it was parsed, or it could not be parsed.
    list of Check
        The findings, in order.
    """
    try:
        manifest, _ = checked(candidate.folder)
    except ArtefactError as error:
        return None, [found("artefact", str(error), "")]
    checks = [_registered(candidate, manifest), _features(manifest)]
    if any(check.verdict == "refuse" for check in checks):
        return None, checks
    try:
        model = read_artefact(candidate.folder)
    except ArtefactError as error:
        return None, [found("artefact", str(error), ""), *checks]
    intact = found("artefact", "", "every file is as it was written, and each parses")
    return model, [intact, *checks, recorded_rows(model)]


def recorded_rows(model: Model) -> Check:
    """Check that the scores recorded at training come out again, bit for bit."""
    rows = len(model.manifest.recorded_scores)
    wrong = differing_rows(model)
    text = (
        f"{len(wrong)} of {rows} recorded rows score otherwise than at training, row {wrong[0]} first" if wrong else ""
    )
    text = text or ("" if rows else "no rows were recorded at training to score again; train with this version")
    return found("golden_rows", text, f"{rows} recorded rows score as at training, bit for bit", {"rows": rows})


def _registered(candidate: Candidate, manifest: Manifest) -> Check:
    other = candidate.digest not in ("", manifest.digest)
    wrong = f"it is the artefact {manifest.digest}, but {candidate.digest} was registered" if other else ""
    return found("digest", wrong, f"it is the artefact that was registered, {manifest.digest[:12]}")


def _features(manifest: Manifest) -> Check:
    try:
        check_features(manifest)
    except ArtefactError as error:
        return found("features", str(error), "")
    return found("features", "", f"its {len(manifest.features)} signals are those computed here, in that order")

"""Training again from what a model recorded of itself: the same data, settings and versions give the same bytes."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import ValidationError

from littlegiants.features.matrix import BUILDER, BUILDER_VERSION, FEATURES
from littlegiants.ingest.errors import ReplayError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.artefact.integrity import COHORT
from littlegiants.models.manifest import LATER_KEYS, Manifest
from littlegiants.models.scoring.model import Model
from littlegiants.training.config import TrainConfig
from littlegiants.training.data_end import known_on
from littlegiants.training.pipeline import train

Progress = Callable[[str], None]
# What no training writes: it is added to a model later, or follows from all the rest.
_NOT_TRAINED = {"config", "unstable_reasons", "digest"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as recorded.

    Attributes
    ----------
    what
        ``data``, ``config KEY``, ``version LIBRARY``, ``signals``, ``file NAME`` or ``manifest KEY``.
    recorded, now
        As the model recorded it, and as it is now.
    """

    what: str
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of training again.

    Attributes
    ----------
    recorded
        Digest of the artefact as it was registered.
    digest
        Digest of the artefact trained now; empty when it was not, since the data or the signals differ.
    differences
        What differs; the causes before the effects.
    """

    recorded: str
    digest: str
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether the same artefact came out."""
        return self.digest == self.recorded


def replay(
    recorded: Manifest, tables: Tables, undated: frozenset[str] = frozenset(), progress: Progress = lambda _: None
) -> Replay:
    """Train again with the recorded settings and compare the artefacts.

    Parameters
    ----------
    recorded
        Manifest of the model.
    tables, undated
        What it was trained on; rows that became known after its training do not matter.
    progress
        Called with a line of text when a step begins.

    Raises
    ------
    ReplayError
        If the recorded settings are none of this version's.
    """
    try:
        config = TrainConfig.model_validate(recorded.config)
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"]))
        raise ReplayError(f"the model was trained with other settings than there are now, such as {key!r}") from None
    causes = tuple(_causes(recorded, tables, config))
    if any(cause.what in ("data", "signals") for cause in causes):
        return Replay(recorded.digest, "", causes)
    # The end of the data is part of the record: newer rows must not move it.
    dates = config.dates.model_copy(update={"known_by": recorded.dates.known_by})
    model = train(tables, config.model_copy(update={"dates": dates}), undated, progress).model
    again = _written(model, recorded)
    return Replay(recorded.digest, again.digest, (*causes, *_effects(recorded, again)))


def _causes(recorded: Manifest, tables: Tables, config: TrainConfig) -> Iterator[Difference]:
    digest = known_on(tables, recorded.dates.known_by).digest()
    if digest != recorded.data_digest:
        yield Difference("data", recorded.data_digest, digest)
    if recorded.features != FEATURES:
        yield Difference("signals", str(len(recorded.features)), str(len(FEATURES)))
    settings = config.model_dump(mode="json", exclude={"booster": {"threads"}})
    before, now = _flat(recorded.config), _flat(settings)
    for key in sorted(before.keys() | now.keys()):
        if before.get(key, _ABSENT) != now.get(key, _ABSENT):
            yield Difference(f"config {key}", str(before.get(key, _ABSENT)), str(now.get(key, _ABSENT)))
    for name, old in recorded.versions.items():
        if (new := _installed(name)) != old:
            yield Difference(f"version {name}", old, new)


_ABSENT = "not set"


def _effects(recorded: Manifest, again: Manifest) -> Iterator[Difference]:
    for name in sorted(recorded.files.keys() | again.files.keys()):
        old, new = recorded.files.get(name, _ABSENT), again.files.get(name, _ABSENT)
        if old != new:
            yield Difference(f"file {name}", old, new)
    one, other = recorded.model_dump(mode="json"), again.model_dump(mode="json")
    for key in one.keys() - _NOT_TRAINED - {"files", "versions"}:
        if one[key] != other[key]:
            yield Difference(f"manifest {key}", _short(one[key]), _short(other[key]))


def _written(model: Model, recorded: Manifest) -> Manifest:
    """Return the manifest of the model as written, with what was given to the training and what was added to it."""
    given = {"config": recorded.config, "unstable_reasons": recorded.unstable_reasons}
    # A key that the recorded model is too old to have is left out again.
    given |= {key: value for key in LATER_KEYS if not (value := getattr(recorded, key))}
    manifest = model.manifest.model_copy(update=given)
    with tempfile.TemporaryDirectory(prefix="littlegiants-") as scratch:
        folder = Path(scratch) / "again"
        whole = replace(model, manifest=manifest, cohort=model.cohort if COHORT in recorded.files else None)
        return write_artefact(whole, folder).manifest


def _installed(name: str) -> str:
    if name == BUILDER:
        return str(BUILDER_VERSION)
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _flat(settings: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in settings.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat

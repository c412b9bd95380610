"""A model as a folder of plain files: no code, no pickle, every byte checked before a parser sees it.

``model.txt``, ``model_subsidised.txt``, ``interval_bias.txt`` and ``interval_variance.txt`` (LightGBM text),
``calibration.json``, ``context.parquet`` (the population), ``cohort.json`` (what later cohorts are compared with) and
``manifest.json``, which holds the SHA-256 of the others and of itself.
"""

import io
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import lightgbm as lgb
import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from littlegiants.features.population.population import Population
from littlegiants.ingest.errors import ArtefactError
from littlegiants.ingest.files.atomic import staged_folder
from littlegiants.models.artefact.integrity import (
    BIAS,
    CALIBRATION,
    COHORT,
    CONTEXT,
    MANIFEST,
    MARKET,
    SUBSIDISED,
    VARIANCE,
    checked,
    explain,
)
from littlegiants.models.digests import content_digest
from littlegiants.models.manifest import Manifest
from littlegiants.models.reference_cohort import ReferenceCohort
from littlegiants.models.scoring.booster import from_text, to_text
from littlegiants.models.scoring.calibration import Calibration, CalibrationFile
from littlegiants.models.scoring.interval import IntervalFile, Spread
from littlegiants.models.scoring.model import QUANTILES, Head, Model, check_features

# Keys of a file of JSON: calibrations have 9, a cohort four a feature; a validator would name all of a million.
_KEYS = {CALIBRATION: 12, COHORT: 5_000}
_TEXT, _PARQUET = "a LightGBM model in text form", "a Parquet file"
# What files begin and end with, so that a pickle or an archive whose digest fits is refused without a parser's help.
_KINDS = dict.fromkeys((MARKET, SUBSIDISED, BIAS, VARIANCE), (b"tree\n", b"", _TEXT)) | {
    CONTEXT: (b"PAR1", b"PAR1", _PARQUET)
}
_CONTEXT_TYPES = {"statistic": "str", "key": "str", "month": "int32", "count": "int64"}

Parsed = TypeVar("Parsed", bound=BaseModel)


class _Calibrations(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    market: CalibrationFile
    subsidised: CalibrationFile | None
    interval: IntervalFile
    reference: tuple[float, ...]

    @field_validator("reference")
    @classmethod
    def _is_quantiles(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if len(values) != QUANTILES or values[0] < 0 or values[-1] > 1:
            raise ValueError(f"{QUANTILES:,} probabilities are needed")
        if any(a > b for a, b in pairwise(values)):
            raise ValueError("quantiles do not ascend")
        return values


def write_artefact(model: Model, folder: Path) -> Model:
    """Write a model; the folder appears whole or not at all.

    Parameters
    ----------
    model
        Its manifest's ``files`` and ``digest`` are filled in here.
    folder
        Must not exist yet.

    Returns
    -------
    Model
        The model with its completed manifest.

    Raises
    ------
    ArtefactError
        If the folder exists or cannot be written.
    """
    if os.path.lexists(folder):
        raise ArtefactError(f"{folder} exists already; an artefact is never overwritten, name another folder")
    try:
        with staged_folder(folder, replaces=False, mode=0o700) as staged:
            manifest = _write_files(model, staged)
    except OSError as error:
        raise ArtefactError(f"{folder} cannot be written: {error.strerror}") from None
    return replace(model, manifest=manifest)


def read_artefact(folder: Path, signed: str | None = None) -> Model:
    """Read a model after checking every file against the manifest, and the manifest against itself.

    Parameters
    ----------
    folder
        An artefact.
    signed
        The SHA-256 that a signature gives the manifest; see `littlegiants.models.signing.signed_folders.read_signed`.

    Raises
    ------
    ArtefactError
        One line naming the file and what is wrong with it: missing, unexpected, a link, changed, or made for other
        signals. No native parser has then seen a byte of it.
    """
    manifest, content = checked(folder, signed)
    try:
        check_features(manifest)
    except ArtefactError as error:
        raise ArtefactError(f"{folder / MANIFEST}: {error}") from None
    for name, found in content.items():
        begins, ends, kind = _KINDS.get(name, (b"{", b"", f"JSON of {name.partition('.')[0]}s"))
        if not (found.startswith(begins) and found.endswith(ends)):
            raise ArtefactError(f"{folder / name} is not {kind}")
    calibrations = _parsed(_Calibrations, folder / CALIBRATION, content[CALIBRATION])
    if (calibrations.subsidised is not None) != (SUBSIDISED in content):
        raise ArtefactError(f"{folder / CALIBRATION} and {SUBSIDISED} do not fit together")
    population = _population(content[CONTEXT], manifest, folder / CONTEXT)
    market = _head(content[MARKET], calibrations.market, manifest, folder / MARKET)
    subsidised = None
    if calibrations.subsidised is not None:
        subsidised = _head(content[SUBSIDISED], calibrations.subsidised, manifest, folder / SUBSIDISED)
    bias, variance = (_booster(content[name], manifest, folder / name) for name in (BIAS, VARIANCE))
    spread = Spread(bias, variance, calibrations.interval.drift)
    reference = np.array(calibrations.reference)
    cohort = _cohort(folder / COHORT, content.get(COHORT), manifest)
    return Model(market, subsidised, spread, population, reference, manifest, cohort)


def _write_files(model: Model, folder: Path) -> Manifest:
    """Write all files and return the manifest, completed."""
    boosters = {MARKET: model.market.booster, BIAS: model.spread.bias, VARIANCE: model.spread.variance}
    if model.subsidised is not None:
        boosters[SUBSIDISED] = model.subsidised.booster
    for name, booster in boosters.items():
        (folder / name).write_text(to_text(booster), encoding="utf-8", newline="\n")
    calibrations = _Calibrations(
        market=model.market.calibration.to_file(),
        subsidised=None if model.subsidised is None else model.subsidised.calibration.to_file(),
        interval=IntervalFile(drift=model.spread.drift),
        reference=tuple(map(float, model.reference)),
    )
    parts = {CALIBRATION: calibrations} | ({} if model.cohort is None else {COHORT: model.cohort})
    for name, content in parts.items():
        (folder / name).write_text(content.model_dump_json() + "\n", encoding="utf-8", newline="\n")
    # Without page checksums: the manifest has the file's digest, which is checked before any parser sees it.
    model.population.to_frame().to_parquet(folder / CONTEXT, index=False)
    files = {path.name: content_digest(path.read_bytes()) for path in sorted(folder.iterdir())}
    manifest = model.manifest.model_copy(update={"files": files, "digest": ""})
    (folder / MANIFEST).write_bytes(manifest.to_json())
    # Readable by a service that runs as someone else, and open to change by nobody but the owner, whatever the umask.
    for path in folder.iterdir():
        path.chmod(0o644)
    folder.chmod(0o755)
    return manifest.model_copy(update={"digest": manifest.own_digest()})


def _parsed(kind: type[Parsed], path: Path, content: bytes) -> Parsed:
    if content.count(b":") > _KEYS[path.name]:
        raise ArtefactError(f"{path} has more than {_KEYS[path.name]:,} keys; no model writes such a file")
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise ArtefactError(f"{path}: {explain(error)}") from None


def _cohort(path: Path, content: bytes | None, manifest: Manifest) -> ReferenceCohort | None:
    if content is None:
        return None
    found = _parsed(ReferenceCohort, path, content)
    if tuple(found.features) != manifest.features:
        raise ArtefactError(f"{path} has other features than {MANIFEST} lists")
    return found


def _head(text: bytes, calibration: CalibrationFile, manifest: Manifest, path: Path) -> Head:
    return Head(_booster(text, manifest, path), Calibration.from_file(calibration))


def _booster(text: bytes, manifest: Manifest, path: Path) -> lgb.Booster:
    try:
        booster = from_text(text.decode())
    except (lgb.basic.LightGBMError, UnicodeDecodeError):
        raise ArtefactError(f"{path} is not {_TEXT}") from None
    if tuple(booster.feature_name()) != manifest.features:
        raise ArtefactError(f"{path} has other columns than {MANIFEST} lists")
    return booster


def _population(content: bytes, manifest: Manifest, path: Path) -> Population:
    try:
        frame = pd.read_parquet(io.BytesIO(content), page_checksum_verification=True)
    except (OSError, ValueError):
        raise ArtefactError(f"{path} is not {_PARQUET}") from None
    if frame.dtypes.astype(str).to_dict() != _CONTEXT_TYPES:
        raise ArtefactError(f"{path} does not have the columns {', '.join(_CONTEXT_TYPES)}")
    return Population.from_frame(frame, manifest.dates.refit_through)

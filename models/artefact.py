"""A model as a folder of plain files: no code, no pickle, every byte checked before a parser sees it.

``model.txt`` and ``model_subsidised.txt`` (LightGBM text), ``calibration.json``, ``context.parquet`` (the population)
and ``manifest.json``, which holds the SHA-256 of the others and of itself.
"""

import io
import json
import shutil
import stat
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from littlegiants.features.errors import ArtefactError
from littlegiants.features.population import Population
from littlegiants.models.booster import from_text, to_text
from littlegiants.models.calibration import Calibration, CalibrationFile
from littlegiants.models.digests import content_digest
from littlegiants.models.manifest import FORMAT, Manifest
from littlegiants.models.model import Head, Model, check_features

MANIFEST = "manifest.json"
_MARKET, _SUBSIDISED, _CALIBRATION, _CONTEXT = (
    "model.txt",
    "model_subsidised.txt",
    "calibration.json",
    "context.parquet",
)
_MANIFEST_LIMIT = 4 << 20


class _Calibrations(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    market: CalibrationFile
    subsidised: CalibrationFile | None
    reference: tuple[float, ...]


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
        If the folder exists.
    """
    if folder.exists():
        raise ArtefactError(f"{folder} exists already; an artefact is never overwritten, name another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (staging / _MARKET).write_text(to_text(model.market.booster), encoding="utf-8", newline="\n")
        if model.subsidised is not None:
            (staging / _SUBSIDISED).write_text(to_text(model.subsidised.booster), encoding="utf-8", newline="\n")
        calibrations = _Calibrations(
            market=model.market.calibration.to_file(),
            subsidised=None if model.subsidised is None else model.subsidised.calibration.to_file(),
            reference=tuple(map(float, model.reference)),
        )
        (staging / _CALIBRATION).write_text(calibrations.model_dump_json() + "\n", encoding="utf-8", newline="\n")
        model.population.to_frame().to_parquet(staging / _CONTEXT, index=False)
        files = {path.name: content_digest(path.read_bytes()) for path in sorted(staging.iterdir())}
        manifest = model.manifest.model_copy(update={"files": files, "digest": ""})
        (staging / MANIFEST).write_bytes(manifest.to_json())
        staging.chmod(0o755)
        staging.rename(folder)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return replace(model, manifest=manifest.model_copy(update={"digest": manifest.own_digest()}))


def read_artefact(folder: Path) -> Model:
    """Read a model after checking every file against the manifest, and the manifest against itself.

    Raises
    ------
    ArtefactError
        One line naming the file and what is wrong with it: missing, unexpected, a link, changed, or made for other
        signals. No native parser has then seen a byte of it.
    """
    manifest, content = _checked(folder)
    check_features(manifest)
    try:
        calibrations = _Calibrations.model_validate_json(content[_CALIBRATION])
    except ValidationError as error:
        raise ArtefactError(f"{folder / _CALIBRATION}: {_first(error)}") from None
    if (calibrations.subsidised is not None) != (_SUBSIDISED in content):
        raise ArtefactError(f"{folder / _CALIBRATION} and {_SUBSIDISED} do not fit together")
    subsidised = None
    if calibrations.subsidised is not None:
        subsidised = _head(content[_SUBSIDISED], calibrations.subsidised, manifest)
    context = pd.read_parquet(io.BytesIO(content[_CONTEXT]))
    population = Population.from_frame(context, manifest.dates.refit_through)
    market = _head(content[_MARKET], calibrations.market, manifest)
    return Model(market, subsidised, population, np.array(calibrations.reference), manifest)


def _head(text: bytes, calibration: CalibrationFile, manifest: Manifest) -> Head:
    booster = from_text(text.decode())
    if tuple(booster.feature_name()) != manifest.features:
        raise ArtefactError(f"a booster has the columns {booster.feature_name()}, the manifest has others")
    return Head(booster, Calibration.from_file(calibration))


def _checked(folder: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Return the manifest and the content of every other file, each read once: what was checked is what is parsed."""
    if folder.is_symlink() or not folder.is_dir():
        raise ArtefactError(f"{folder} is not a folder; give the folder that holds {MANIFEST}")
    if folder.stat().st_mode & stat.S_IWOTH:
        raise ArtefactError(f"{folder} can be written by everyone; remove that right before it is trusted")
    present = {path.name: path for path in folder.iterdir()}
    if MANIFEST not in present:
        raise ArtefactError(f"{folder} has no {MANIFEST}; it is not an artefact")
    for path in present.values():
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise ArtefactError(f"{path} is not a plain file of its own; links, folders and devices are refused")
    manifest = _parse_manifest(present[MANIFEST])
    for name in sorted(set(present) - set(manifest.files) - {MANIFEST}):
        raise ArtefactError(f"{present[name]} is not named in the manifest; an artefact holds nothing else")
    content = {}
    for name in sorted({*manifest.files, _MARKET, _CALIBRATION, _CONTEXT}):
        if name not in present:
            raise ArtefactError(f"{folder / name} is missing")
        content[name] = present[name].read_bytes()
        if content_digest(content[name]) != manifest.files.get(name):
            raise ArtefactError(f"{present[name]} was changed after the model was written: its SHA-256 differs")
    return manifest, content


def _parse_manifest(path: Path) -> Manifest:
    if path.stat().st_size > _MANIFEST_LIMIT:
        raise ArtefactError(f"{path} is larger than {_MANIFEST_LIMIT:,} bytes")
    text = path.read_bytes()
    try:
        plain = json.loads(text)
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise ArtefactError(f"{path} is not of format {FORMAT}; use the version of littlegiants that wrote it")
        manifest = Manifest.model_validate(plain)
    except ValidationError as error:
        raise ArtefactError(f"{path}: {_first(error)}") from None
    except (ValueError, RecursionError):
        raise ArtefactError(f"{path} is not JSON; it was changed after the model was written") from None
    # Compared as bytes: a manifest has one spelling only, so not even a space can be changed.
    if manifest.digest != manifest.own_digest() or text != manifest.to_json():
        raise ArtefactError(f"{path} was changed after the model was written: its own SHA-256 differs")
    return manifest


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg']}"

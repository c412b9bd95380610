"""An artefact on its way to the executors: one archive, whose digest each of them checks before it opens it."""

import atexit
import io
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark import SparkFiles

from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.artefact.integrity import MANIFEST, checked
from littlegiants.models.digests import content_digest
from littlegiants.models.scoring.model import Model

if TYPE_CHECKING:
    from pyspark import SparkContext


@dataclass(frozen=True, slots=True)
class Shipped:
    """An artefact as executors find it.

    Attributes
    ----------
    name
        Its archive among the files of the Spark context.
    digest
        The SHA-256 of the archive.
    manifest
        The SHA-256 of the manifest in it, and so of every file.
    """

    name: str
    digest: str
    manifest: str

    def read(self) -> Model:
        """Return the model, on an executor; it is read there once.

        Raises
        ------
        ArtefactError
            If the archive is not the one that the driver sent, or anything in it was changed.
        """
        return _read(self)


def ship(context: "SparkContext", folder: Path, model: Model) -> Shipped:
    """Send an artefact to all executors, those that join later too.

    Parameters
    ----------
    context
        The driver's.
    folder
        The artefact.
    model
        The model that was read from it and trusted.

    Raises
    ------
    ArtefactError
        If the folder holds another model by now.
    """
    manifest, content = checked(folder)
    if manifest.digest != model.manifest.digest:
        raise ArtefactError(f"{folder} changed while it was read; score again once it is whole")
    files = {**content, MANIFEST: manifest.to_json()}
    archive = _archived(files)
    name = f"littlegiants-{content_digest(archive)[:32]}.zip"
    if not any(address.rpartition("/")[2] == name for address in context.listFiles):
        context.addFile(str(_kept(name, archive)))
    return Shipped(name, content_digest(archive), content_digest(files[MANIFEST]))


def _archived(files: dict[str, bytes]) -> bytes:
    """Return the files as an archive, equal files as equal bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, content in sorted(files.items()):
            zipped.writestr(zipfile.ZipInfo(name), content)
    return archive.getvalue()


def _kept(name: str, archive: bytes) -> Path:
    """Write the archive where it stays for as long as executors may ask the driver for it."""
    folder = Path(tempfile.mkdtemp(prefix="littlegiants-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / name).write_bytes(archive)
    return folder / name


@lru_cache(maxsize=1)
def _read(shipped: Shipped) -> Model:
    archive = Path(SparkFiles.get(shipped.name)).read_bytes()
    if content_digest(archive) != shipped.digest:
        raise ArtefactError(f"{shipped.name} is not the archive that the driver sent: its SHA-256 differs")
    with tempfile.TemporaryDirectory(prefix="littlegiants-") as folder:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            zipped.extractall(folder)
        return read_artefact(Path(folder), shipped.manifest)

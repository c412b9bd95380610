"""The pointer to the model in use: a small file that names a folder. It is replaced whole; every worker reads it."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from littlegiants.ingest.errors import ArtefactError
from littlegiants.ingest.files.atomic import staged_file
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.artefact.recorded_scores import differing_rows
from littlegiants.models.scoring.model import Model
from littlegiants.serving.record_scorer import RecordScorer

NAME = "current.json"
_LIMIT = 10_000


class Pointer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The folder of an artefact, the digest that its manifest must have, and the reference that named it."""

    folder: str
    digest: str
    reference: str


def point(run: Path, pointer: Pointer) -> None:
    """Make the workers use a model; they see the old pointer or the new one, never half of it."""
    with staged_file(run / NAME, private=True) as file:
        file.write(msgspec.json.encode(pointer))


def read_pointer(run: Path) -> Pointer:
    """Return the pointer.

    Raises
    ------
    ArtefactError
        If it is missing or malformed.
    """
    try:
        with (run / NAME).open("rb") as file:
            return msgspec.json.decode(file.read(_LIMIT), type=Pointer)
    except FileNotFoundError:
        raise ArtefactError("no model has been found yet") from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArtefactError(f"the pointer to the model cannot be read: {error}") from None


def verified(folder: Path, digest: str = "") -> Model:
    """Read a model that may answer: digests first, then its recorded rows must score again as they did, bit for bit.

    Raises
    ------
    ArtefactError
        If it is damaged, another one than named, or scores otherwise on this machine than where it was trained.
    ConfigError
        If it learned from amounts that no request can carry.
    """
    model = read_artefact(folder)
    if digest not in ("", model.manifest.digest):
        raise ArtefactError(f"{folder} holds the artefact {model.manifest.digest}, not {digest}")
    if wrong := differing_rows(model):
        raise ArtefactError(f"{len(wrong)} of the rows recorded with the model score otherwise here than at training")
    RecordScorer.of(model)
    return model


@dataclass(frozen=True, slots=True)
class Stamp:
    """Identifies the file of a pointer; a replaced pointer has another stamp."""

    inode: int
    changed: int

    @classmethod
    def of(cls, run: Path) -> "Stamp | None":
        """Return the stamp of the pointer; None if there is no pointer."""
        try:
            status = (run / NAME).stat()
        except OSError:
            return None
        return cls(status.st_ino, status.st_mtime_ns)

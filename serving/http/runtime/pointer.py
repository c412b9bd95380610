"""The pointer to the model in use: a small file that names a folder. It is replaced whole; every worker reads it."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from littlegiants.ingest.errors import ArtefactError
from littlegiants.ingest.files.atomic import staged_file
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.artefact.recorded_scores import differing_rows
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.record_scorer import RecordScorer
from littlegiants.models.serving_contract import ServingContract

NAME, REFUSED = "current.json", "refused.txt"
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


def verified(folder: Path, digest: str = "", contract: ServingContract | None = None) -> Model:
    """Read a model that may answer: digests first, then its recorded rows must score again as they did, bit for bit.

    Parameters
    ----------
    folder
        The artefact.
    digest
        That of its manifest, if it is known.
    contract
        What it must be for; None for anything.

    Raises
    ------
    ContractError
        If it is for something else.
    ArtefactError
        If it is damaged, another one than named, or scores otherwise on this machine than where it was trained.
    ConfigError
        If it learned from amounts that no request can carry.
    """
    model = read_artefact(folder)
    if digest not in ("", model.manifest.digest):
        raise ArtefactError(f"{folder} holds the artefact {model.manifest.digest}, not {digest}")
    (contract or ServingContract()).check(model.manifest)
    if wrong := differing_rows(model):
        raise ArtefactError(f"{len(wrong)} of the rows recorded with the model score otherwise here than at training")
    RecordScorer.of(model)
    return model


def refuse(run: Path, why: str) -> None:
    """Keep why the newest model was refused, for all workers to say; an empty text once a model was taken."""
    with suppress(OSError):  # where nothing can be written, the log says it
        if why or (run / REFUSED).exists():
            with staged_file(run / REFUSED, private=True) as file:
                file.write(why.encode())


def refused_model(run: Path) -> str:
    """Return why the newest model was refused; empty if it was taken."""
    try:
        with (run / REFUSED).open("rb") as file:
            return file.read(_LIMIT).decode(errors="replace")
    except OSError:
        return ""


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

"""The files of an artefact, checked byte for byte against its manifest before any parser of models sees them."""

import json
import os
import stat
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from littlegiants.ingest.errors import ArtefactError, SignatureError
from littlegiants.models.digests import content_digest
from littlegiants.models.manifest import FORMAT, KEYS, LATER_KEYS, Manifest

MANIFEST, SIGNATURE = "manifest.json", "signature.json"
MARKET, SUBSIDISED = "model.txt", "model_subsidised.txt"
BIAS, VARIANCE = "interval_bias.txt", "interval_variance.txt"
CALIBRATION, CONTEXT, COHORT = "calibration.json", "context.parquet", "cohort.json"
_REQUIRED = {MARKET, BIAS, VARIANCE, CALIBRATION, CONTEXT}
_ALLOWED = _REQUIRED | {SUBSIDISED, COHORT}
_MANIFEST_LIMIT, _FILE_LIMIT = 4 << 20, 256 << 20  # bytes; 5,000 trees of 255 leaves are some 130 MiB
_MOST = 16  # files in a folder, of which an artefact has nine at most


def checked(folder: Path, signed: str | None = None) -> tuple[Manifest, dict[str, bytes]]:
    """Return the manifest and the content of every other file, each read once: what was checked is what is parsed.

    Parameters
    ----------
    folder
        An artefact; a signature beside its files is not looked at.
    signed
        The SHA-256 that a signature gives the manifest, and through it every file.

    Raises
    ------
    ArtefactError
        One line naming the file and what is wrong with it: missing, unexpected, a link, open to everyone, unreadable,
        or changed.
    SignatureError
        If the manifest is another one than was signed.
    """
    try:
        present = _plain_files(folder)
        manifest = parse_manifest(present[MANIFEST], signed)
        content = {name: _content(present[name], _FILE_LIMIT) for name in _expected(folder, present, manifest)}
    except OSError as error:
        raise ArtefactError(f"{shown(error.filename or folder)} cannot be read: {error.strerror}") from None
    for name, found in content.items():
        if content_digest(found) != manifest.files[name]:
            raise ArtefactError(f"{folder / name} was changed after the model was written: its SHA-256 differs")
    return manifest, content


def parse_manifest(path: Path, signed: str | None = None) -> Manifest:
    """Return a manifest that is exactly as it was written, and as it was signed.

    Raises
    ------
    ArtefactError
        If it is not of this format, or a single byte of it was changed.
    SignatureError
        If its SHA-256 is not ``signed``; no parser has then seen it.
    """
    text = _content(path, _MANIFEST_LIMIT)
    if signed is not None and content_digest(text) != signed:
        raise SignatureError(f"{path} is not what was signed: the signature is of another model, or the file changed")
    try:
        plain = json.loads(text)
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise ArtefactError(f"{path} is not of format {FORMAT}; use the version of littlegiants that wrote it")
        if lacking := sorted(KEYS - LATER_KEYS - plain.keys()):
            raise ArtefactError(f"{path} lacks the key {lacking[0]!r}")
        if foreign := sorted(plain.keys() - KEYS):
            raise ArtefactError(f"{path} has the key {foreign[0]!r}, which no manifest has")
        manifest = Manifest.model_validate(plain)
        # Compared as bytes: a manifest has one spelling only, so not even a space can be changed.
        unchanged = manifest.digest == manifest.own_digest() and text == manifest.to_json()
    except ValidationError as error:
        raise ArtefactError(f"{path}: {explain(error)}") from None
    except (ValueError, RecursionError):
        raise ArtefactError(
            f"{path} is not the JSON of a manifest; it was changed after the model was written"
        ) from None
    if not unchanged:
        raise ArtefactError(f"{path} was changed after the model was written: its own SHA-256 differs")
    return manifest


def explain(error: ValidationError) -> str:
    """Return the first thing that is wrong, in one line, whatever text the file holds."""
    found = error.errors(include_url=False, include_input=False)[0]
    return shown(f"{'.'.join(map(str, found['loc']))}: {found['msg']}")


def shown(text: object) -> str:
    """Return a text from outside with its control characters escaped, so that it stays one line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in str(text))


def check_folder(folder: Path) -> None:
    """Refuse a path that is no folder.

    Raises
    ------
    ArtefactError
        If it is none, or a link to one.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise ArtefactError(f"{shown(folder)} is not a folder; give the folder that holds {MANIFEST}")


def _plain_files(folder: Path) -> dict[str, Path]:
    check_folder(folder)
    present = {path.name: path for path in sorted(islice(folder.iterdir(), _MOST))}
    if len(present) == _MOST:
        raise ArtefactError(f"{folder} has {_MOST} files or more; an artefact has nine at most")
    if MANIFEST not in present:
        raise ArtefactError(f"{folder} has no {MANIFEST}; it is not an artefact")
    for path in present.values():
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise ArtefactError(f"{shown(path)} is not a plain file of its own; links, folders and devices are refused")
    for path in (folder, *present.values()):
        if path.stat().st_mode & stat.S_IWOTH:
            raise ArtefactError(f"{shown(path)} can be written by everyone; remove that right before it is trusted")
    return present


def _content(path: Path, limit: int) -> bytes:
    """Return what a file holds; one that has become a link or a pipe since it was looked at is not followed."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        size = os.fstat(handle).st_size
        if size > limit:
            raise ArtefactError(f"{path} is larger than {limit:,} bytes; no model writes such a file")
        return file.read(size)


def _expected(folder: Path, present: dict[str, Path], manifest: Manifest) -> list[str]:
    """Return the names of the files to read: all that the manifest lists, nothing else, and none missing."""
    listed = set(manifest.files)
    if foreign := sorted(listed - _ALLOWED):
        raise ArtefactError(
            f"{folder / MANIFEST} lists {foreign[0]!r}; an artefact holds {', '.join(sorted(_ALLOWED))}"
        )
    if extra := sorted(set(present) - listed - {MANIFEST, SIGNATURE}):
        raise ArtefactError(f"{shown(present[extra[0]])} is not named in the manifest; an artefact holds nothing else")
    if lacking := sorted((listed | _REQUIRED) - set(present)):
        raise ArtefactError(f"{folder / lacking[0]} is missing")
    return sorted(listed)

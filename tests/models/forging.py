"""Damaged artefacts, and such whose digests fit what someone has put into them."""

import hashlib
import json
from pathlib import Path

import pytest

from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.artefact.artefact import read_artefact

FILES = (
    "calibration.json",
    "cohort.json",
    "context.parquet",
    "interval_bias.txt",
    "interval_variance.txt",
    "manifest.json",
    "model.txt",
    "model_subsidised.txt",
)


def refused(folder: Path, *words: str) -> None:
    """Read an artefact that must be refused in one line with these words."""
    with pytest.raises(ArtefactError) as caught:
        read_artefact(folder)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for word in words:
        assert word in message, message


def manifest_of(folder: Path) -> dict:
    """The manifest as plain JSON."""
    plain: dict = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return plain


def edit(path: Path, old: bytes, new: bytes) -> None:
    """Replace the first occurrence of some bytes."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def sign(folder: Path, **changes) -> None:
    """Write the manifest anew, with changed keys, so that all digests fit the files as they are now."""
    manifest = manifest_of(folder)
    files = {path.name: _sha256(path.read_bytes()) for path in folder.iterdir() if path.name != "manifest.json"}
    manifest |= {"files": files, **changes, "digest": ""}
    manifest["digest"] = _sha256(canonical(manifest))
    (folder / "manifest.json").write_bytes(canonical(manifest))


def canonical(plain: dict) -> bytes:
    """The one way a manifest is spelled."""
    return (json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

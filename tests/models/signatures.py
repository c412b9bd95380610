"""Keys made by openssl, as the documentation tells to, and signatures that are not as they should be."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from littlegiants.ingest.errors import ConfigError, SignatureError
from littlegiants.models.digests import content_digest
from littlegiants.models.signing.bundle import Statement
from littlegiants.models.signing.signed_folders import read_signed


def make_keys(folder: Path, name: str = "sign", curve: str = "prime256v1") -> tuple[Path, Path]:
    """A private key and its public half."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    run("openssl", "ecparam", "-name", curve, "-genkey", "-noout", "-out", private)
    run("openssl", "ec", "-in", private, "-pubout", "-out", public)
    private.chmod(0o600)
    return private, public


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60)


def refused(folder, trust, *words, error=SignatureError):
    with pytest.raises(error) as caught:
        read_signed(folder, trust)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.count(str(folder)) <= 1
    for word in words:
        assert word in message, message
    assert type(caught.value) is error
    assert caught.value.exit_code == 6 or error is ConfigError


def statement_of(folder, **changes) -> Statement:
    files = {path.name: content_digest(path.read_bytes()) for path in folder.iterdir() if path.name != "signature.json"}
    return Statement(**{"files": files, "signed": datetime.now(UTC), "expires": None, **changes})


def put(folder, signature: bytes) -> None:
    (folder / "signature.json").write_bytes(signature)


def edited(folder, change) -> None:
    """Write the signature with a change to it as plain JSON."""
    plain = json.loads((folder / "signature.json").read_text())
    change(plain)
    put(folder, json.dumps(plain).encode())

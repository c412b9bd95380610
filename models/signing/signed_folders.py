"""Signed artefacts: the signature is checked first, then every byte against it, and parsers begin only after that."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from littlegiants.ingest.errors import SignatureError
from littlegiants.ingest.files.private import write_private
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.artefact.integrity import MANIFEST, SIGNATURE, check_folder
from littlegiants.models.digests import content_digest
from littlegiants.models.scoring.model import Model
from littlegiants.models.serving_contract import ServingContract
from littlegiants.models.signing.bundle import LIMIT, Statement, seal
from littlegiants.models.signing.trust import Trust, read_private_key


def signature_of(folder: Path, key: Path, expires: date | None = None, password: str | None = None) -> bytes:
    """Return the signature of an artefact after reading the whole artefact: one that cannot be read is not signed.

    Parameters
    ----------
    folder
        The artefact.
    key
        PEM file of the private key.
    expires
        The last day on which the signature holds, UTC.
    password
        Of the key, if it has one.

    Raises
    ------
    ConfigError
        If the key cannot be used.
    ArtefactError
        If the artefact is damaged.
    """
    signer = read_private_key(key, password)
    manifest = read_artefact(folder).manifest
    files = {**manifest.files, MANIFEST: content_digest(manifest.to_json())}
    return seal(Statement(files, datetime.now(UTC), expires), signer)


def sign(folder: Path, key: Path, expires: date | None = None, password: str | None = None) -> Path:
    """Sign an artefact in its folder and return the signature's file; an earlier signature is replaced.

    Parameters
    ----------
    folder, key, expires, password
        As of `signature_of`, which also says what is refused.
    """
    signature = signature_of(folder, key, expires, password)
    path = folder / SIGNATURE
    write_private(path, signature)
    path.chmod(0o644)
    return path


def read_signed(
    folder: Path,
    trust: Trust,
    signature: bytes | None = None,
    name: str = "",
    contract: ServingContract | None = None,
) -> Model:
    """Read a model that is signed, and remember that it was taken.

    Parameters
    ----------
    folder
        The artefact.
    trust
        By whom it must be signed.
    signature
        The signature, if it is not in the folder.
    name
        The model's name in messages; the folder by default.
    contract
        What the model must be for; None for anything. A model for something else is not remembered.

    Raises
    ------
    ContractError
        If the model is for something else.
    SignatureError
        If the trusted key did not sign it, or it was signed before the newest model that was taken; nothing of the
        artefact was read then.
    ArtefactError
        If the artefact is damaged.
    """
    with _naming(name or str(folder)):
        statement = trust.verified(_stored(folder) if signature is None else signature)
    model = read_artefact(folder, statement.manifest)
    (contract or ServingContract()).check(model.manifest)
    # Only now: a newer model that is damaged or for something else must not keep the present one from being read again.
    with _naming(name or str(folder)):
        trust.remember(statement)
    return model


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except SignatureError as error:
        raise type(error)(f"{name}: {error}") from None


def _stored(folder: Path) -> bytes:
    check_folder(folder)
    path = folder / SIGNATURE
    try:
        if path.is_symlink() or not path.is_file():
            raise SignatureError("it is not signed; sign it by `giants sign`")
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except OSError as error:
        raise SignatureError(f"{SIGNATURE} cannot be read: {error.strerror}") from None
    if len(content) > LIMIT:
        raise SignatureError(f"{SIGNATURE} is larger than {LIMIT:,} bytes; no signature is")
    return content

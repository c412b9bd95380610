"""Signatures of registered versions: the registry keeps each signature as a tag of its version."""

import re
from datetime import date
from pathlib import Path

from littlegiants.ingest.errors import RegistryError, SignatureError
from littlegiants.models.artefact.integrity import checked
from littlegiants.models.manifest import Manifest
from littlegiants.models.registry.registry import Fetched, connected, fetched
from littlegiants.models.scoring.model import Model
from littlegiants.models.signing.signed_folders import read_signed, signature_of
from littlegiants.models.signing.trust import Trust

TAG = "signature"


def sign(
    reference: str, key: Path, expires: date | None = None, password: str | None = None, store: str | None = None
) -> int:
    """Sign a registered version and return its number; an earlier signature is replaced.

    Parameters
    ----------
    reference
        As of `littlegiants.models.registry.registry.load`.
    key, expires, password
        As of `littlegiants.models.signing.signed_folders.signature_of`.
    store
        See `littlegiants.models.registry.stores.store_uri`.

    Raises
    ------
    RegistryError
        If there is no such version, it holds another artefact than was registered, or the store does not answer.
    ArtefactError
        If its artefact is damaged.
    """
    with fetched(reference, store) as found:
        _check(reference, found, checked(found.folder)[0])
        signature = signature_of(found.folder, key, expires, password)
    name = re.split("[@/]", reference.removeprefix("models:/"))[0]
    with connected(store, reference) as client:
        client.set_model_version_tag(name, str(found.version), TAG, signature.decode())
    return found.version


def load(reference: str, trust: Trust, store: str | None = None) -> Model:
    """Fetch a registered model that is signed, and remember that it was taken.

    Parameters
    ----------
    reference
        As of `littlegiants.models.registry.registry.load`.
    trust
        Who must have signed it.
    store
        See `littlegiants.models.registry.stores.store_uri`.

    Raises
    ------
    SignatureError
        If it is not signed as it must be.
    RegistryError, ArtefactError
        As of `littlegiants.models.registry.registry.load`.
    """
    with fetched(reference, store) as found:
        if TAG not in found.tags:
            raise SignatureError(f"{reference} is not signed; sign it by `giants sign`")
        model = read_signed(found.folder, trust, found.tags[TAG].encode(), reference)
    _check(reference, found, model.manifest)
    return model


def _check(reference: str, found: Fetched, manifest: Manifest) -> None:
    if manifest.digest != found.digest:
        raise RegistryError(
            f"{reference} holds the artefact {manifest.digest}, but {found.digest or 'none'} was registered"
        )

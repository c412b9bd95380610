"""The signature of a registered version stands with it in the registry."""

import shutil

import pytest

from littlegiants.ingest.errors import RegistryError, ReplacedError, SignatureError
from littlegiants.models.registry import registry, signed_versions
from littlegiants.models.signing.signed_folders import read_signed, sign
from littlegiants.models.signing.trust import Trust
from tests.models.signatures import make_keys

REFERENCE = "models:/littlegiants/1"


@pytest.fixture
def keys(tmp_path):
    return make_keys(tmp_path)


@pytest.fixture
def trusted(keys) -> Trust:
    return Trust.by(keys[1])


@pytest.fixture
def unsigned(tracked, store):
    """The store, from which the test's signature is removed afterwards."""
    yield store
    with registry.connected(store, REFERENCE) as client:
        if signed_versions.TAG in client.get_model_version("littlegiants", "1").tags:
            client.delete_model_version_tag("littlegiants", "1", signed_versions.TAG)


def test_a_signed_version_is_read_and_is_the_same_model(unsigned, keys, trusted, model):
    assert signed_versions.sign(REFERENCE, keys[0], store=unsigned) == 1
    assert signed_versions.load(REFERENCE, trusted, unsigned).manifest == model.manifest
    assert registry.load(REFERENCE, unsigned).manifest == model.manifest  # by who does not ask for a signature, too


def test_m07_a_version_that_is_not_signed_so_is_refused(unsigned, keys, trusted, tmp_path):
    with pytest.raises(SignatureError, match=r"^models:/littlegiants/1 is not signed; sign it by `giants sign`$"):
        signed_versions.load(REFERENCE, trusted, unsigned)
    other = make_keys(tmp_path, "other")
    signed_versions.sign(REFERENCE, other[0], store=unsigned)
    with pytest.raises(SignatureError, match=r"^models:/littlegiants/1: the signature was made with another key"):
        signed_versions.load(REFERENCE, trusted, unsigned)


def test_m06_a_version_signed_before_another_is_refused(unsigned, keys, trusted, copy):
    signed_versions.sign(REFERENCE, keys[0], store=unsigned)
    sign(copy, keys[0])
    read_signed(copy, trusted)
    with pytest.raises(ReplacedError, match=r"^models:/littlegiants/1: the model was signed .* before the newest"):
        signed_versions.load(REFERENCE, trusted, unsigned)


def test_the_signature_of_a_version_does_not_fit_other_files(unsigned, keys, trusted, logged, tmp_path):
    signed_versions.sign(REFERENCE, keys[0], store=unsigned)
    files = logged / "artifacts" / registry.ARTEFACT
    shutil.copyfile(files / "manifest.json", tmp_path / "kept")
    try:
        (files / "manifest.json").write_bytes((tmp_path / "kept").read_bytes() + b" ")
        with pytest.raises(SignatureError, match=r"manifest\.json is not what was signed"):
            signed_versions.load(REFERENCE, trusted, unsigned)
    finally:
        shutil.copyfile(tmp_path / "kept", files / "manifest.json")


def test_what_is_not_what_was_registered_is_not_signed(unsigned, keys):
    with registry.connected(unsigned, REFERENCE) as client:
        digest = client.get_model_version("littlegiants", "1").tags[registry.DIGEST_TAG]
        client.set_model_version_tag("littlegiants", "1", registry.DIGEST_TAG, "0" * 64)
        try:
            with pytest.raises(
                RegistryError, match=rf"^{REFERENCE} holds the artefact {digest}, but 0+ was registered$"
            ):
                signed_versions.sign(REFERENCE, keys[0], store=unsigned)
        finally:
            client.set_model_version_tag("littlegiants", "1", registry.DIGEST_TAG, digest)
    with pytest.raises(RegistryError):
        signed_versions.sign("models:/littlegiants/999", keys[0], store=unsigned)

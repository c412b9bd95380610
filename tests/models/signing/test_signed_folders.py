"""A signed artefact is read when every byte of it is what was signed."""

import shutil
import subprocess
import sys

import pytest

from littlegiants.ingest.errors import ArtefactError, ConfigError, ContractError, SignatureError
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.serving_contract import ServingContract, promised
from littlegiants.models.signing.signed_folders import read_signed, sign
from tests.models import forging
from tests.models.signatures import refused, run


def test_a_signed_model_is_read_and_is_the_same_model(signed, trusted, model):
    assert read_signed(signed, trusted).manifest == model.manifest
    assert read_signed(signed, trusted).manifest == model.manifest
    assert read_artefact(signed).manifest == model.manifest  # by who does not ask for a signature, too


def test_m07_an_unsigned_model_is_refused(copy, trusted, unread):
    refused(copy, trusted, "it is not signed; sign it by `giants sign`")
    (copy / "signature.json").mkdir()
    refused(copy, trusted, "it is not signed")


def test_the_signature_of_another_artefact_is_refused(signed, later, trusted, unread):
    shutil.copyfile(signed / "signature.json", later / "signature.json")
    refused(later, trusted, "manifest.json is not what was signed")


@pytest.mark.parametrize("name", forging.FILES)
def test_a_file_changed_after_the_signature_is_refused(signed, trusted, no_parser, name):
    content = bytearray((signed / name).read_bytes())
    content[len(content) // 2] ^= 1
    (signed / name).write_bytes(content)
    refused(signed, trusted, name, error=SignatureError if name == "manifest.json" else ArtefactError)


def test_m08_a_file_added_after_the_signature_is_refused(signed, trusted, no_parser):
    (signed / "code.py").write_text("")
    refused(signed, trusted, "code.py is not named in the manifest", error=ArtefactError)


def test_a_model_whose_digests_someone_made_fit_is_refused(signed, trusted, unread):
    forging.edit(signed / "model.txt", b"shrinkage=0.03", b"shrinkage=0.04")
    forging.sign(signed)
    refused(signed, trusted, "manifest.json is not what was signed")


def test_a_newer_model_that_is_damaged_does_not_shut_out_the_present_one(signed, later, trusted):
    read_signed(signed, trusted)
    forging.edit(later / "model.txt", b"tree", b"TREE")
    refused(later, trusted, "model.txt was changed", error=ArtefactError)
    read_signed(signed, trusted)


def test_a_newer_model_for_something_else_does_not_shut_out_the_present_one(signed, later, trusted):
    contract = ServingContract.of(read_signed(signed, trusted).manifest)
    with pytest.raises(ContractError, match=r"not exit$"):
        read_signed(later, trusted, contract=promised("exit"))
    read_signed(signed, trusted, contract=contract)
    read_signed(later, trusted, contract=contract)


def test_a_damaged_model_is_not_signed(copy, keys):
    forging.edit(copy / "model.txt", b"tree", b"TREE")
    with pytest.raises(ArtefactError, match=r"model\.txt was changed"):
        sign(copy, keys[0])
    assert not (copy / "signature.json").exists()


def test_a_key_with_a_password(copy, keys, tmp_path, trusted):
    locked = tmp_path / "locked.pem"
    run("openssl", "ec", "-in", keys[0], "-aes256", "-passout", "pass:sesame", "-out", locked)
    locked.chmod(0o600)
    for password, message in ((None, "needs a password"), ("other", "or its password is another")):
        with pytest.raises(ConfigError, match=message):
            sign(copy, locked, password=password)
    with pytest.raises(ConfigError, match="has no password"):
        sign(copy, keys[0], None, "sesame")
    sign(copy, locked, None, "sesame")
    read_signed(copy, trusted)


def test_reading_a_signed_model_loads_no_network_client(signed, trusted, tmp_path):
    program = (
        "import sys; from pathlib import Path; from littlegiants.models.signing.signed_folders import read_signed;"
        "from littlegiants.models.signing.trust import Trust;"
        "read_signed(Path(sys.argv[1]), Trust.by(Path(sys.argv[2]), Path(sys.argv[3]))); print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, signed, trusted.public_key, trusted.state]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"mlflow", "model_signing", "OpenSSL", "requests", "sigstore", "tuf", "urllib3"} == set()

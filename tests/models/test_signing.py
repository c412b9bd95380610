"""A signed artefact is taken when the signature is by the key, of these files, in time, and not an older one."""

import base64
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from littlegiants.features.errors import ArtefactError, ConfigError, ReplacedError, SignatureError
from littlegiants.models import bundle
from littlegiants.models.artefact import read_artefact
from littlegiants.models.bundle import Statement, seal
from littlegiants.models.digests import content_digest
from littlegiants.models.manifest import Manifest
from littlegiants.models.signing import read_signed, sign
from littlegiants.models.trust import Trust, read_private_key
from tests.models import forging
from tests.models.keys import make_keys, run

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def trusted(keys, tmp_path) -> Trust:
    return Trust.by(keys[1], tmp_path / "state")


@pytest.fixture
def signed(copy, keys):
    """A signed copy of the artefact, to be damaged."""
    sign(copy, keys[0])
    return copy


@pytest.fixture
def later(signed, keys, tmp_path):
    """Another model, signed after the first."""
    shutil.copytree(signed, tmp_path / "later")
    (tmp_path / "later" / "signature.json").unlink()
    forging.sign(tmp_path / "later", seed=1)
    sign(tmp_path / "later", keys[0])
    return tmp_path / "later"


@pytest.fixture
def unread(no_parser, monkeypatch):
    """Every parser taken away, that of manifests too: none of them must be reached."""

    def reached(*_, **__):
        raise AssertionError("a parser was given bytes that were not signed")

    monkeypatch.setattr("littlegiants.models.integrity.json", SimpleNamespace(loads=reached))
    monkeypatch.setattr(Manifest, "model_validate", reached)
    monkeypatch.setattr("pandas.read_parquet", reached)


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


def test_a_signed_model_is_read_and_is_the_same_model(signed, trusted, model):
    assert read_signed(signed, trusted).manifest == model.manifest
    assert read_signed(signed, trusted).manifest == model.manifest
    assert read_artefact(signed).manifest == model.manifest  # by who does not ask for a signature, too


@pytest.mark.parametrize("curve", ["prime256v1", "secp384r1", "secp521r1"])
def test_another_verifier_of_the_form_agrees(copy, tmp_path, curve):
    # The library that defines the form, as an oracle in a process of its own.
    private, public = make_keys(tmp_path, curve=curve)
    sign(copy, private)
    command = [sys.executable, "-m", "model_signing", "verify", "key", copy]
    command += ["--signature", copy / "signature.json", "--public_key", public]
    verified = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (verified.returncode, verified.stdout) == (0, "Verification succeeded\n"), verified.stderr
    read_signed(copy, Trust.by(public))
    forging.edit(copy / "model.txt", b"tree", b"TREE")
    assert subprocess.run(command, capture_output=True, check=False, timeout=60).returncode != 0


def test_m07_an_unsigned_model_is_refused(copy, trusted, unread):
    refused(copy, trusted, "it is not signed; sign it by `giants sign`")
    (copy / "signature.json").mkdir()
    refused(copy, trusted, "it is not signed")


def test_m07_a_model_signed_with_another_key_is_refused(signed, keys, tmp_path, trusted, unread):
    private, public = make_keys(tmp_path, "other")
    refused(signed, Trust.by(public), "the signature was made with another key")
    put(signed, seal(statement_of(signed), read_private_key(private)))
    refused(signed, trusted, "the signature was made with another key")
    # Named as if it were by the trusted one.
    hint = bundle.fingerprint(read_private_key(keys[0]).public_key())
    edited(signed, lambda plain: plain["verificationMaterial"]["publicKey"].update(hint=hint))
    refused(signed, trusted, "the signature is not valid")


def test_m07_a_signature_that_has_run_out_is_refused(copy, keys, trusted, unread):
    put(copy, seal(statement_of(copy, expires=TODAY - timedelta(1)), read_private_key(keys[0])))
    refused(copy, trusted, f"the signature held until {TODAY - timedelta(1)}; sign the model again")


def test_a_signature_holds_through_its_last_day(copy, keys, trusted):
    sign(copy, keys[0], expires=datetime.now(UTC).date())
    read_signed(copy, trusted)


def test_a_signature_of_the_future_is_refused(copy, keys, trusted, unread):
    put(copy, seal(statement_of(copy, signed=datetime.now(UTC) + timedelta(hours=1)), read_private_key(keys[0])))
    refused(copy, trusted, "which is yet to come; check the clocks")


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


def flipped(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["dsseEnvelope"].update(payload=flipped(plain["dsseEnvelope"]["payload"])),
        lambda plain: plain["dsseEnvelope"]["signatures"][0].update(
            sig=flipped(plain["dsseEnvelope"]["signatures"][0]["sig"])
        ),
        lambda plain: plain["dsseEnvelope"]["signatures"][0].update(sig=""),
        lambda plain: plain["dsseEnvelope"].update(payload=""),
        lambda plain: plain["dsseEnvelope"].update(signatures=[]),
        lambda plain: plain["dsseEnvelope"].update(signatures=plain["dsseEnvelope"]["signatures"] * 2),
        lambda plain: plain["dsseEnvelope"].update(payloadType="text/plain"),
        lambda plain: plain["verificationMaterial"]["publicKey"].update(hint=""),
        lambda plain: plain["verificationMaterial"]["publicKey"].update(hint="a\x1b[2J\n"),
        lambda plain: plain.pop("dsseEnvelope"),
    ],
)
def test_a_signature_that_was_changed_is_refused(signed, trusted, unread, change):
    edited(signed, change)
    refused(signed, trusted, "the signature")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\x80\x04.", b"[" * 60_000, b"\xff", b" " * (64 << 10) + b"{}"], ids=range(7)
)
def test_what_is_no_signature_is_refused(signed, trusted, unread, content):
    put(signed, content)
    refused(signed, trusted, "larger than 65,536 bytes" if len(content) > 1 << 16 else "the signature is damaged")


def test_what_the_key_signed_for_something_else_is_refused(signed, keys, trusted, unread):
    key = read_private_key(keys[0])
    put(signed, seal(statement_of(signed, files={"model.txt": "0" * 64}), key))
    refused(signed, trusted, "not of a model's files")
    # By another tool, and so without the time that tells older from newer.
    command = [sys.executable, "-m", "model_signing", "sign", "key", signed, "--private_key", keys[0]]
    run(*command, "--signature", signed / "signature.json")
    refused(signed, trusted, "the signature is valid, but not one that `giants sign` makes")


def test_m06_an_older_signed_model_is_refused(signed, later, trusted, unread):
    trusted.remember(trusted.verified((later / "signature.json").read_bytes()))
    words = ("before the newest that was taken", "to go back sign it again, or give --allow-rollback a reason")
    refused(signed, trusted, *words, error=ReplacedError)


def test_m06_an_older_model_signed_again_is_taken(signed, later, trusted, keys):
    read_signed(later, trusted)
    refused(signed, trusted, error=ReplacedError)
    sign(signed, keys[0])
    read_signed(signed, trusted)
    refused(later, trusted, error=ReplacedError)


def test_m06_a_rollback_that_someone_answers_for_is_recorded_and_lasts(signed, later, keys, trusted, tmp_path):
    shutil.copytree(signed, tmp_path / "oldest")
    sign(signed, keys[0])
    sign(later, keys[0])
    read_signed(later, trusted)
    read_signed(signed, Trust.by(keys[1], trusted.state, " biotech is off "))
    (entry,) = json.loads(trusted.state.read_text())["returns"]
    assert entry["reason"] == "biotech is off"
    assert entry["manifest"] == content_digest((signed / "manifest.json").read_bytes())
    # That very signature, without being asked again; the newest is still welcome, no other older one is.
    read_signed(signed, trusted)
    read_signed(later, trusted)
    refused(tmp_path / "oldest", trusted, error=ReplacedError)


def test_a_newer_model_that_is_damaged_does_not_shut_out_the_present_one(signed, later, trusted):
    read_signed(signed, trusted)
    forging.edit(later / "model.txt", b"tree", b"TREE")
    refused(later, trusted, "model.txt was changed", error=ArtefactError)
    read_signed(signed, trusted)


def test_of_two_processes_the_one_with_the_older_model_gives_way(signed, later, trusted):
    old = trusted.verified((signed / "signature.json").read_bytes())
    trusted.remember(trusted.verified((later / "signature.json").read_bytes()))
    with pytest.raises(ReplacedError):
        trusted.remember(old)


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"", 0o600, "is damaged, so nobody knows the newest model; restore it, or remove"),
        (b"[]", 0o600, "is damaged"),
        (b'{"newest": "2026-01-01T00:00:00"}', 0o600, "is damaged"),
        (b"{}", 0o644, "is open to others"),
    ],
)
def test_a_state_that_cannot_be_trusted_is_refused(signed, trusted, no_parser, content, mode, message):
    trusted.state.write_bytes(content)
    trusted.state.chmod(mode)
    refused(signed, trusted, message, error=ConfigError)


def test_what_cannot_be_remembered_is_not_taken(signed, keys, tmp_path):
    refused(signed, Trust.by(keys[1], tmp_path / "absent" / "state"), "cannot be changed", error=ConfigError)


def test_the_state_stands_beside_the_key_unless_named(signed, keys, tmp_path):
    public = tmp_path / "own.pub"
    shutil.copyfile(keys[1], public)
    read_signed(signed, Trust.by(public))
    assert (tmp_path / "own.pub.state").stat().st_mode & 0o777 == 0o600


def test_a_damaged_model_is_not_signed(copy, keys):
    forging.edit(copy / "model.txt", b"tree", b"TREE")
    with pytest.raises(ArtefactError, match=r"model\.txt was changed"):
        sign(copy, keys[0])
    assert not (copy / "signature.json").exists()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.chmod(0o644), r"sign\.pem is open to others, mode 0644; close it by `chmod 600`"),
        (lambda path: path.unlink(), r"there is no key .*sign\.pem; make one by `openssl ecparam"),
        (lambda path: path.write_text("no key"), r"sign\.pem holds no private key in PEM form"),
        (
            lambda path: run("openssl", "genpkey", "-algorithm", "ed25519", "-out", path),
            r"sign\.pem is no key on secp256r1, secp384r1, secp521r1; make one by",
        ),
        (
            lambda path: run("openssl", "ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", path),
            r"sign\.pem is no key on secp256r1",
        ),
    ],
)
def test_a_private_key_that_cannot_be_used_is_refused(copy, tmp_path, spoil, message):
    private, _ = make_keys(tmp_path)
    spoil(private)
    with pytest.raises(ConfigError, match=message):
        sign(copy, private)


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


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.chmod(0o666), r"other\.pub can be written by others; close it by `chmod go-w`"),
        (lambda path: path.unlink(), r"other\.pub cannot be read: No such file or directory"),
        (lambda path: path.write_text("no key"), r"other\.pub holds no public key in PEM form"),
        (
            lambda path: run("openssl", "pkey", "-in", ed25519(path.parent), "-pubout", "-out", path),
            r"other\.pub is no key on secp256r1",
        ),
    ],
)
def test_a_public_key_that_cannot_be_used_is_refused(signed, tmp_path, spoil, message):
    _, public = make_keys(tmp_path, "other")
    spoil(public)
    with pytest.raises(ConfigError, match=message):
        read_signed(signed, Trust.by(public))


def ed25519(folder):
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / "ed.pem")
    return folder / "ed.pem"


def test_reading_a_signed_model_loads_no_network_client(signed, trusted, tmp_path):
    program = (
        "import sys; from pathlib import Path; from littlegiants.models.signing import read_signed;"
        "from littlegiants.models.trust import Trust;"
        "read_signed(Path(sys.argv[1]), Trust.by(Path(sys.argv[2]), Path(sys.argv[3]))); print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, signed, trusted.public_key, trusted.state]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"mlflow", "model_signing", "OpenSSL", "requests", "sigstore", "tuf", "urllib3"} == set()

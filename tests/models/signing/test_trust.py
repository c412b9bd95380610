"""Which keys and signatures are trusted, and that an older model comes back only when asked for."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from littlegiants.ingest.errors import ConfigError, ReplacedError
from littlegiants.models.digests import content_digest
from littlegiants.models.signing.bundle import seal
from littlegiants.models.signing.signed_folders import read_signed, sign
from littlegiants.models.signing.trust import Trust, read_private_key
from tests.models.signatures import make_keys, put, refused, run, statement_of

TODAY = datetime.now(UTC).date()


def ed25519(folder):
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / "ed.pem")
    return folder / "ed.pem"


def test_m07_a_signature_that_has_run_out_is_refused(copy, keys, trusted, unread):
    put(copy, seal(statement_of(copy, expires=TODAY - timedelta(1)), read_private_key(keys[0])))
    refused(copy, trusted, f"the signature held until {TODAY - timedelta(1)}; sign the model again")


def test_a_signature_holds_through_its_last_day(copy, keys, trusted):
    sign(copy, keys[0], expires=datetime.now(UTC).date())
    read_signed(copy, trusted)


def test_a_signature_of_the_future_is_refused(copy, keys, trusted, unread):
    put(copy, seal(statement_of(copy, signed=datetime.now(UTC) + timedelta(hours=1)), read_private_key(keys[0])))
    refused(copy, trusted, "which is yet to come; check the clocks")


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

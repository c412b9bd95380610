"""The form of a signature: others read it, and what is not exactly it, by exactly the key, is refused."""

import base64
import subprocess
import sys

import pytest

from littlegiants.models.signing import bundle
from littlegiants.models.signing.bundle import seal
from littlegiants.models.signing.signed_folders import read_signed, sign
from littlegiants.models.signing.trust import Trust, read_private_key
from tests.models import forging
from tests.models.signatures import edited, make_keys, put, refused, run, statement_of


def flipped(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(raw).decode()


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


def test_m07_a_model_signed_with_another_key_is_refused(signed, keys, tmp_path, trusted, unread):
    private, public = make_keys(tmp_path, "other")
    refused(signed, Trust.by(public), "the signature was made with another key")
    put(signed, seal(statement_of(signed), read_private_key(private)))
    refused(signed, trusted, "the signature was made with another key")
    # Named as if it were by the trusted one.
    hint = bundle.fingerprint(read_private_key(keys[0]).public_key())
    edited(signed, lambda plain: plain["verificationMaterial"]["publicKey"].update(hint=hint))
    refused(signed, trusted, "the signature is not valid")


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

"""A signature in the form of OpenSSF Model Signing 1.0: a Sigstore bundle, in it a DSSE envelope, in it the statement.

Any verifier of that form reads it (``model_signing verify key``). It is read here by `cryptography` alone: the library
of that form imports pickle and network clients, and takes half a second.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from littlegiants.ingest.errors import SignatureError
from littlegiants.models.artefact.integrity import MANIFEST, SIGNATURE

LIMIT = 64 << 10  # bytes of a bundle; one has some 2,000
_BUNDLE, _PAYLOAD = "application/vnd.dev.sigstore.bundle.v0.3+json", "application/vnd.in-toto+json"
_STATEMENT, _PREDICATE = "https://in-toto.io/Statement/v1", "https://model_signing/signature/v1.0"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}
CURVES = tuple(_HASHES)
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a signature says.

    Attributes
    ----------
    files
        SHA-256 of every file of the artefact, the manifest's among them.
    signed
        When it was signed, UTC; of two models the one signed later is the newer.
    expires
        The last day on which it holds, UTC; None for no end.
    """

    files: dict[str, str]
    signed: datetime
    expires: date | None

    @property
    def manifest(self) -> str:
        """SHA-256 of the manifest, which names all other files."""
        return self.files[MANIFEST]


class _Camel(msgspec.Struct, frozen=True, rename="camel"):
    pass


class _PublicKey(_Camel, frozen=True):
    hint: str = ""


class _Material(_Camel, frozen=True):
    public_key: _PublicKey
    tlog_entries: tuple[str, ...] = ()


class _Sig(_Camel, frozen=True):
    sig: bytes
    keyid: str = ""


class _Envelope(_Camel, frozen=True):
    payload: bytes
    payload_type: str
    signatures: tuple[_Sig, ...]


class _Bundle(_Camel, frozen=True):
    media_type: str
    verification_material: _Material
    dsse_envelope: _Envelope


class _Resource(msgspec.Struct, frozen=True):
    name: str
    algorithm: str
    digest: str


class _Times(msgspec.Struct, frozen=True):
    signed: Moment
    expires: date | None


class _Predicate(msgspec.Struct, frozen=True):
    serialization: dict[str, object]
    resources: tuple[_Resource, ...]
    # Fields that the form does not know are left alone by other verifiers.
    littlegiants: _Times


class _Payload(msgspec.Struct, frozen=True):
    type: str = msgspec.field(name="_type")
    subject: tuple[dict[str, object], ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: _Predicate


def seal(statement: Statement, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the bundle of a statement, signed with a key of one of `CURVES`."""
    resources = tuple(_Resource(name, "sha256", digest) for name, digest in sorted(statement.files.items()))
    root = hashlib.sha256(b"".join(bytes.fromhex(resource.digest) for resource in resources)).hexdigest()
    how = {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": [SIGNATURE]}
    payload = msgspec.json.encode(
        _Payload(
            type=_STATEMENT,
            subject=({"name": "littlegiants", "digest": {"sha256": root}},),
            predicate_type=_PREDICATE,
            predicate=_Predicate(how, resources, _Times(statement.signed, statement.expires)),
        )
    )
    signature = key.sign(_encoded(payload), ec.ECDSA(_HASHES[key.curve.name]))
    material = _Material(_PublicKey(fingerprint(key.public_key())))
    bundle = _Bundle(_BUNDLE, material, _Envelope(payload, _PAYLOAD, (_Sig(signature),)))
    return msgspec.json.format(msgspec.json.encode(bundle), indent=1) + b"\n"


def unseal(bundle: bytes, key: ec.EllipticCurvePublicKey) -> Statement:
    """Return the statement of a bundle that was signed with the private half of ``key``.

    Raises
    ------
    SignatureError
        If it is no bundle, was signed with another key or changed, or says nothing of a model of ours.
    """
    try:
        found = msgspec.json.decode(bundle, type=_Bundle)
        (signature,) = found.dsse_envelope.signatures
    except (ValueError, RecursionError):
        raise SignatureError("the signature is damaged: it is no Sigstore bundle with one signature") from None
    made_by = found.verification_material.public_key.hint
    if made_by != fingerprint(key):
        raise SignatureError(
            f"the signature was made with another key, {_short(made_by)}, not {_short(fingerprint(key))}"
        )
    try:
        key.verify(signature.sig, _encoded(found.dsse_envelope.payload), ec.ECDSA(_HASHES[key.curve.name]))
    except InvalidSignature:
        raise SignatureError("the signature is not valid: it was made with another key, or changed since") from None
    return _statement(found.dsse_envelope)


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """Return the SHA-256 of a public key in PEM form, which names it."""
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(pem).hexdigest()


def _statement(envelope: _Envelope) -> Statement:
    try:
        payload = msgspec.json.decode(envelope.payload, type=_Payload)
    except (ValueError, RecursionError):
        raise SignatureError("the signature is valid, but not one that `giants sign` makes") from None
    files = {resource.name: resource.digest for resource in payload.predicate.resources}
    kinds = (envelope.payload_type, payload.type, payload.predicate_type)
    if kinds != (_PAYLOAD, _STATEMENT, _PREDICATE) or MANIFEST not in files:
        raise SignatureError(f"the signature is valid, but not of a model's files, {MANIFEST} among them")
    return Statement(files, payload.predicate.littlegiants.signed, payload.predicate.littlegiants.expires)


def _encoded(payload: bytes) -> bytes:
    """Return what is signed: the pre-authentication encoding of DSSE 1.0, of which the payload's type is a part."""
    return b"DSSEv1 %d %b %d %b" % (len(_PAYLOAD), _PAYLOAD.encode(), len(payload), payload)


def _short(name: str) -> str:
    return name[:12] if re.fullmatch("[0-9a-f]{64}", name) else "unnamed"

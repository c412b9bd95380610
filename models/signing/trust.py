"""Whose signatures are trusted, and the newest one that was taken: an older model comes back only for a reason."""

import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from littlegiants.ingest.errors import ConfigError, ReplacedError, SignatureError
from littlegiants.ingest.files.private import changing, read_private, write_private
from littlegiants.models.signing.bundle import CURVES, Moment, Statement, unseal

_AHEAD = timedelta(minutes=5)  # what the clocks of two machines may differ by
_LIMIT, _KEPT = 64 << 10, 100
_HOW = (
    "make one by `openssl ecparam -name prime256v1 -genkey -noout -out sign.pem` and `openssl ec -in sign.pem -pubout`"
)


class _Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step back that someone answered for."""

    manifest: str
    signed: Moment
    reason: str
    at: Moment


class _State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    newest: Moment | None = None
    manifest: str = ""
    returns: tuple[_Return, ...] = ()


@dataclass(frozen=True, slots=True)
class Trust:
    """The key whose models are taken, and the file that remembers the newest of them.

    Attributes
    ----------
    public_key
        PEM file of an elliptic-curve key.
    state
        File that remembers; by default beside the key, with ``.state`` at the end of its name. Services that take
        different models by one key need a file each.
    rollback
        Why a model may be taken that was signed before the newest one; empty to refuse it. It is kept in the file, and
        that very model is taken without being asked for again.
    """

    public_key: Path
    state: Path
    rollback: str = ""

    @classmethod
    def by(cls, public_key: Path, state: Path | None = None, rollback: str = "") -> "Trust":
        """Return a trust whose state file is beside the key by default.

        Parameters
        ----------
        public_key
            PEM file of an elliptic-curve key.
        state
            File that remembers the newest model; by default beside the key.
        rollback
            Why an older model may be taken; empty to refuse it.
        """
        return cls(public_key, state or public_key.with_name(f"{public_key.name}.state"), rollback.strip())

    def verified(self, bundle: bytes) -> Statement:
        """Return what a signature says, after checking that it is by the key, holds now and is not an older one.

        Raises
        ------
        ConfigError
            If the key or the state cannot be used.
        SignatureError
            If one of these is not so; `ReplacedError` if the signature is an older one.
        """
        statement = unseal(bundle, read_public_key(self.public_key))
        now = datetime.now(UTC)
        if statement.signed > now + _AHEAD:
            raise SignatureError(
                f"the signature is of {_shown(statement.signed)}, which is yet to come; check the clocks"
            )
        if statement.expires is not None and statement.expires < now.date():
            raise SignatureError(f"the signature held until {statement.expires}; sign the model again by `giants sign`")
        self._following(self._read(), statement)
        return statement

    def remember(self, statement: Statement) -> None:
        """Note that a model was taken; none signed before it is taken from now on.

        Raises
        ------
        ReplacedError
            If another process has taken a newer one meanwhile.
        ConfigError
            If the state cannot be written: what cannot be remembered cannot be enforced.
        """
        with changing(self.state):
            before = self._read()
            after = self._following(before, statement)
            if after != before:
                write_private(self.state, msgspec.json.format(msgspec.json.encode(after), indent=1) + b"\n")

    def _following(self, state: _State, statement: Statement) -> _State:
        """Return the state once a model is taken."""
        signed, manifest = statement.signed, statement.manifest
        if state.newest is None or signed > state.newest:
            return _State(signed, manifest, state.returns)
        if (signed, manifest) in [(state.newest, state.manifest), *((r.signed, r.manifest) for r in state.returns)]:
            return state
        if not self.rollback:
            raise ReplacedError(
                f"the model was signed {_shown(signed)}, before the newest that was taken, of {_shown(state.newest)}; "
                "to go back sign it again, or give --allow-rollback a reason"
            )
        back = _Return(manifest, signed, self.rollback, datetime.now(UTC))
        return _State(state.newest, state.manifest, (*state.returns, back)[-_KEPT:])

    def _read(self) -> _State:
        try:
            return msgspec.json.decode(read_private(self.state, _LIMIT), type=_State)
        except FileNotFoundError:
            return _State()
        except (ValueError, RecursionError):
            raise ConfigError(
                f"{self.state} is damaged, so nobody knows the newest model; restore it, or remove it to begin anew"
            ) from None


def read_private_key(path: Path, password: str | None = None) -> ec.EllipticCurvePrivateKey:
    """Return the private key of a PEM file that only its owner can read.

    Raises
    ------
    ConfigError
        If others can read it, it holds no elliptic-curve key, or it needs a password or another one.
    """
    try:
        content = read_private(path, _LIMIT)
        key = serialization.load_pem_private_key(content, None if password is None else password.encode())
    except FileNotFoundError:
        raise ConfigError(f"there is no key {path}; {_HOW}") from None
    except TypeError:
        wants = "needs a password" if password is None else "has no password"
        raise ConfigError(f"the key {path} {wants}; see LITTLEGIANTS_KEY_PASSWORD") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(f"{path} holds no private key in PEM form, or its password is another") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in CURVES:
        raise ConfigError(f"{path} is no key on {', '.join(CURVES)}; {_HOW}")
    return key


def read_public_key(path: Path) -> ec.EllipticCurvePublicKey:
    """Return the public key of a PEM file that only its owner can change.

    Raises
    ------
    ConfigError
        If others can change it, or it holds no elliptic-curve key.
    """
    try:
        if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise ConfigError(
                f"{path} can be written by others; close it by `chmod go-w`: whoever writes it is trusted"
            )
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(f"{path} holds no public key in PEM form") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in CURVES:
        raise ConfigError(f"{path} is no key on {', '.join(CURVES)}; {_HOW}")
    return key


def _shown(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")

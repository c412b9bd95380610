"""Keys of the HTTP service: who may ask what, and how often.

A key is 256 random bits behind the prefix ``lg_``, told once and never stored: the file holds its SHA-256. A slow hash
protects passwords, which can be guessed; nobody guesses 256 bits, and a slow one would cost every request.
"""

import hashlib
import hmac
import logging
import math
import os
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from littlegiants.features.errors import ConfigError
from littlegiants.features.private_file import changing, read_private, write_private
from littlegiants.serving.http.rates import SLOTS, Rates

SCOPES = ("score", "portfolio", "model", "metrics")
PREFIX = "lg_"
MAX_PER_MINUTE = 1_000_000
_LENGTH = len(PREFIX) + 43  # 32 bytes as base64url
_FORMAT, _LIMIT = 1, 1 << 20
_STALE = 1.0  # seconds between two looks at the file: a key is revoked within twice that
_NAME = re.compile(r"(?!lg_)[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_log = logging.getLogger(__name__)


class KeyRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key as it is stored."""

    name: str
    sha256: str
    scopes: tuple[str, ...]
    per_minute: int
    slot: int  # of its token bucket
    created: datetime
    expires: date | None = None  # the last day on which it opens anything, UTC


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    keys: tuple[KeyRecord, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a request was made with.

    Attributes
    ----------
    name
        What logs and people call it.
    scopes
        What it opens, of `SCOPES`.
    per_minute
        Requests a minute at most.
    slot
        Place of its token bucket.
    """

    name: str
    scopes: frozenset[str]
    per_minute: int
    slot: int
    digest: bytes = field(repr=False)
    expires_at: float = field(repr=False)  # seconds since 1970


# What a token that opens nothing is compared with, so that it takes the same time.
_NOBODY = Key("", frozenset(), 0, 0, bytes(32), 0.0)


class KeyRing:
    """The keys of a file, read again when the file changes.

    Parameters
    ----------
    path
        A file by ``giants keys add``.
    rates
        The token buckets.

    Raises
    ------
    ConfigError
        If the file is missing, open to others, or broken.

    Notes
    -----
    While the service runs, a file that cannot be used leaves the keys as they were and is logged as an error, and
    `trouble` says what is wrong. A file that is gone closes everything: someone may have taken it away for that.
    """

    def __init__(self, path: Path, rates: Rates) -> None:
        self.trouble = ""
        self._path, self._rates = path, rates
        self._seen = _stamp(path)
        self._looked = time.monotonic()
        self._keys = _by_digest(read_keys(path))

    @classmethod
    def from_file(cls, path: Path, rates: Path | None = None) -> "KeyRing":
        """Read a ring whose token buckets stand in the file ``rates``, which all workers share; see `Rates`."""
        return cls(path, Rates(rates))

    def check(self, token: str) -> Key | None:
        """Return the key of a token, or None where it opens nothing (any more).

        The time it takes says nothing of how much of a token is right: the look-up goes by the SHA-256, of which no
        one can choose the first bytes, and what is found is compared in constant time.
        """
        if time.monotonic() - self._looked >= _STALE:
            self.refresh()
        if len(token) != _LENGTH:
            return None
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        found = self._keys.get(digest, _NOBODY)
        known = hmac.compare_digest(found.digest, digest)
        return found if known and time.time() < found.expires_at else None

    def allow(self, key: Key) -> float:
        """Count a request and return 0, or the seconds to wait when the key has used up its rate."""
        return self._rates.wait(key.slot, key.per_minute)

    def refresh(self) -> None:
        """Look at the file and read it if it changed; called by itself, once a second while tokens are checked."""
        self._looked = time.monotonic()
        if (stamp := _stamp(self._path)) == self._seen:
            return
        self._seen = stamp
        try:
            self._keys, self.trouble = _by_digest(read_keys(self._path)), ""
        except ConfigError as error:
            self.trouble = str(error)
            if stamp is None:
                self._keys = {}
            _log.error("keys: %s; %s", error, "all are closed" if stamp is None else "those of before stay")


def read_keys(path: Path) -> tuple[KeyRecord, ...]:
    """Return the keys of a file.

    Raises
    ------
    ConfigError
        If it is missing, open to others, or not as `giants keys add` writes it.
    """
    try:
        file = msgspec.json.decode(read_private(path, _LIMIT), type=_File)
    except FileNotFoundError:
        raise ConfigError(f"there is no file of keys {path}; make one by `giants keys add`") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not a file of keys: {error}") from None
    if file.format != _FORMAT:
        raise ConfigError(f"{path} is of format {file.format}; this version reads format {_FORMAT}")
    for record in file.keys:
        try:
            _check(record)
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from None
    for what in ("name", "sha256", "slot"):
        if len({getattr(record, what) for record in file.keys}) < len(file.keys):
            raise ConfigError(f"{path} is not a file of keys: two of them have the same {what}")
    return file.keys


def add_key(path: Path, name: str, scopes: Iterable[str], per_minute: int, expires: date | None = None) -> str:
    """Make a key and return its token, which is stored nowhere.

    Parameters
    ----------
    path
        The file; it is made if there is none.
    name
        Letters, digits, dot, dash and underscore, 64 at most.
    scopes
        Some of `SCOPES`.
    per_minute
        Requests a minute, 1 to 1,000,000.
    expires
        The last day on which it opens anything, UTC.

    Raises
    ------
    ConfigError
        If something of this is wrong, a key of the name exists, or the file cannot be used.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    with changing(path):
        keys = read_keys(path) if os.path.lexists(path) else ()
        if any(record.name == name for record in keys):
            raise ConfigError(f"there is a key {name} already; revoke it first, or take another name")
        taken = {record.slot for record in keys}
        slot = next((slot for slot in range(SLOTS) if slot not in taken), None)
        if slot is None:
            raise ConfigError(f"{path} holds {SLOTS:,} keys, which is all that it can; revoke some")
        digest = hashlib.sha256(token.encode()).hexdigest()
        now = datetime.now(UTC).replace(microsecond=0)
        record = KeyRecord(name, digest, tuple(sorted(set(scopes))), per_minute, slot, now, expires)
        _check(record)
        _write(path, (*keys, record))
    return token


def revoke_key(path: Path, name: str) -> None:
    """Take a key away; a service that runs refuses it within 2 seconds.

    Raises
    ------
    ConfigError
        If there is no such key, or the file cannot be used.
    """
    with changing(path):
        keys = read_keys(path)
        rest = tuple(record for record in keys if record.name != name)
        if len(rest) == len(keys):
            # Not repeated unless it is a name: it may be the token itself, pasted by mistake.
            shown = f" {name}" if _NAME.fullmatch(name) else " of this name"
            raise ConfigError(f"{path} has no key{shown}; `giants keys list` shows those it has")
        _write(path, rest)


def _check(record: KeyRecord) -> None:
    if not _NAME.fullmatch(record.name):
        raise ConfigError(
            "a key's name is 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first, and does "
            f"not begin with {PREFIX}"
        )
    if not record.scopes or not set(record.scopes) <= set(SCOPES):
        strange = sorted(set(record.scopes) - set(SCOPES))
        raise ConfigError(f"scopes are {strange or 'none'}; name some of {', '.join(SCOPES)}")
    if not 1 <= record.per_minute <= MAX_PER_MINUTE:
        raise ConfigError(f"{record.per_minute:,} requests a minute; name 1 to {MAX_PER_MINUTE:,}")
    if not re.fullmatch("[0-9a-f]{64}", record.sha256) or not 0 <= record.slot < SLOTS:
        raise ConfigError(f"the key {record.name} has a SHA-256 or a slot that is none")


def _by_digest(records: Iterable[KeyRecord]) -> dict[bytes, Key]:
    return {digest: _key(record, digest) for record in records for digest in [bytes.fromhex(record.sha256)]}


def _key(record: KeyRecord, digest: bytes) -> Key:
    expires_at = math.inf
    if record.expires is not None:
        # At the end of the day, which is the start of the next; the calendar has no day after the last.
        last = datetime.combine(min(record.expires, date.max - timedelta(1)), datetime.min.time(), UTC)
        expires_at = (last + timedelta(1)).timestamp()
    return Key(record.name, frozenset(record.scopes), record.per_minute, record.slot, digest, expires_at)


def _write(path: Path, keys: tuple[KeyRecord, ...]) -> None:
    write_private(path, msgspec.json.format(msgspec.json.encode(_File(_FORMAT, keys)), indent=1) + b"\n")


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what changes when the file does; None where there is none."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return (error.errno or 0,)
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns

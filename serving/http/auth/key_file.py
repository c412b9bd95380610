"""The key file: digests, scopes and rate limits of all keys, changed by one process at a time.

A key is 256 random bits behind the prefix ``lg_``. It is shown a single time and never stored: the file holds its
SHA-256. A slow hash protects passwords, which can be guessed; nobody guesses 256 bits, and a slow hash would cost every
request.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.private import changing, read_private, write_private
from littlegiants.serving.http.auth.rate_limits import SLOTS

SCOPES = ("score", "portfolio", "model", "metrics")
PREFIX = "lg_"
LENGTH = len(PREFIX) + 43  # 32 bytes as base64url
MAX_PER_MINUTE = 1_000_000
_FORMAT, _LIMIT = 1, 1 << 20
_NAME = re.compile(r"(?!lg_)[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class KeyRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key as it is stored."""

    name: str
    sha256: str
    scopes: tuple[str, ...]
    per_minute: int
    slot: int  # of its token bucket
    created: datetime
    expires: date | None = None  # the last day on which the key is valid, UTC


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    keys: tuple[KeyRecord, ...]


def read_keys(path: Path) -> tuple[KeyRecord, ...]:
    """Return the keys of a file.

    Raises
    ------
    ConfigError
        If the file is missing, open to others, or not as `giants keys add` writes it.
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
    """Create a key and return its token, which is stored nowhere.

    Parameters
    ----------
    path
        The file; it is created if it is missing.
    name
        Letters, digits, dot, dash and underscore, 64 at most.
    scopes
        Some of `SCOPES`.
    per_minute
        Requests a minute, 1 to 1,000,000.
    expires
        The last day on which the key is valid, UTC.

    Raises
    ------
    ConfigError
        If an argument is invalid, a key of the name exists, or the file cannot be used.
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
    """Revoke a key; a running service refuses it within 2 seconds.

    Raises
    ------
    ConfigError
        If there is no such key, or the file cannot be used.
    """
    with changing(path):
        keys = read_keys(path)
        rest = tuple(record for record in keys if record.name != name)
        if len(rest) == len(keys):
            # The text is repeated only if it can be a name: it may be the token itself, pasted by mistake.
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


def _write(path: Path, keys: tuple[KeyRecord, ...]) -> None:
    write_private(path, msgspec.json.format(msgspec.json.encode(_File(_FORMAT, keys)), indent=1) + b"\n")

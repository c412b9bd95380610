"""Keys of the HTTP service, each with its scopes and its rate limit."""

import hashlib
import hmac
import logging
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from littlegiants.ingest.errors import ConfigError
from littlegiants.serving.http.auth.key_file import LENGTH, KeyRecord, read_keys
from littlegiants.serving.http.auth.rate_limits import Rates

_STALE = 1.0  # seconds between two looks at the file: a key is revoked within twice that
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a request.

    Attributes
    ----------
    name
        What logs and people call it.
    scopes
        What it opens, of `littlegiants.serving.http.auth.key_file.SCOPES`.
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


# An unknown token is compared with this key, so that the comparison takes the same time.
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
    While the service runs, a file that cannot be used leaves the keys as they were; the error is logged and stands in
    `trouble`. A file that is gone revokes all keys: someone may have removed it for that purpose.
    """

    def __init__(self, path: Path, rates: Rates) -> None:
        self.trouble = ""
        self._path, self._rates = path, rates
        self._seen = _stamp(path)
        self._looked = time.monotonic()
        self._keys = _by_digest(read_keys(path))

    @classmethod
    def from_file(cls, path: Path, rates: Path | None = None) -> "KeyRing":
        """Read the keys of a file; the token buckets are in the file ``rates``, which all workers share."""
        return cls(path, Rates(rates))

    def check(self, token: str) -> Key | None:
        """Return the key of a token; None if the token is unknown, revoked or expired.

        The time of the check does not depend on how much of a token is right: the look-up goes by the SHA-256, whose
        first bytes cannot be chosen, and the comparison takes constant time.
        """
        if time.monotonic() - self._looked >= _STALE:
            self.refresh()
        if len(token) != LENGTH:
            return None
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        found = self._keys.get(digest, _NOBODY)
        known = hmac.compare_digest(found.digest, digest)
        return found if known and time.time() < found.expires_at else None

    def allow(self, key: Key) -> float:
        """Count a request and return 0, or the seconds to wait when the key has used up its rate."""
        return self._rates.wait(key.slot, key.per_minute)

    def refresh(self) -> None:
        """Read the file if it has changed. `check` calls this, at most every second."""
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


def _by_digest(records: Iterable[KeyRecord]) -> dict[bytes, Key]:
    return {digest: _key(record, digest) for record in records for digest in [bytes.fromhex(record.sha256)]}


def _key(record: KeyRecord, digest: bytes) -> Key:
    expires_at = math.inf
    if record.expires is not None:
        # The end of a day is the start of the next; the calendar has no day after its last.
        last = datetime.combine(min(record.expires, date.max - timedelta(1)), datetime.min.time(), UTC)
        expires_at = (last + timedelta(1)).timestamp()
    return Key(record.name, frozenset(record.scopes), record.per_minute, record.slot, digest, expires_at)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return a stamp that changes with the file; None if there is no file."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return (error.errno or 0,)
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns

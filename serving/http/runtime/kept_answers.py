"""The answers to requests with an idempotency key, which all workers share: a file of SQLite in the run folder.

Not a dictionary in memory: the retry of a request comes over another connection, to another worker. SQLite locks the
file between processes, and a worker that dies leaves it whole.
"""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import Problem, busy

_WAIT = 5.0  # seconds for the lock of another worker, which holds it for milliseconds
_ABANDONED = 120.0  # seconds after which a request that is still being computed is nobody's any more
_TABLE = (
    "CREATE TABLE IF NOT EXISTS answers (id BLOB PRIMARY KEY, client TEXT, fingerprint BLOB, pid INTEGER, began REAL,"
    " status INTEGER, media BLOB, body BLOB, size INTEGER DEFAULT 0) WITHOUT ROWID"
)
_INDEX = "CREATE INDEX IF NOT EXISTS ages ON answers (client, began, size)"
_OLDEST = (
    "DELETE FROM answers WHERE id IN (SELECT id FROM (SELECT id, count(*) OVER newest AS n, sum(size) OVER newest AS s"
    " FROM answers WHERE client LIKE ? WINDOW newest AS (ORDER BY began DESC, id)) WHERE n > ? OR s > ?)"
)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was sent."""

    status: int
    media: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one request among the kept answers.

    Attributes
    ----------
    client
        Whose it is: the digest of the API key, or nothing where none is needed.
    key
        The idempotency key.
    fingerprint
        The digest of the request.
    """

    client: str
    key: bytes
    fingerprint: bytes

    @property
    def id(self) -> bytes:
        """The digest that names it."""
        return hashlib.sha256(self.client.encode() + b"\0" + self.key).digest()


class KeptAnswers:
    """The answers to requests with an idempotency key.

    Parameters
    ----------
    path
        The file, made at the first such request.
    limits
        How many answers and bytes are kept, and for how long. A tenth of them is for one client.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits

    def begin(self, slot: Slot) -> KeptAnswer | None:
        """Return the answer to a request that was made before; None if it is to be computed now.

        Whoever gets None calls `keep` or `release`.

        Raises
        ------
        Problem
            409 if the key stands for another request, or its answer is being computed; 503 if nothing can be kept.
        """
        with self._opened() as file:
            now = time.time()
            file.execute("DELETE FROM answers WHERE began < ?", (now - self._limits.kept_seconds,))
            known = "SELECT fingerprint, pid, began, status, media, body FROM answers WHERE id = ?"
            if row := file.execute(known, (slot.id,)).fetchone():
                fingerprint, pid, began, status, media, body = row
                if fingerprint != slot.fingerprint:
                    raise Problem(409, "idempotency_conflict", "the idempotency key stands for another request")
                if status is not None:
                    return KeptAnswer(status, media, body)
                if now - began < _ABANDONED and _lives(pid):
                    raise busy(1, "the first request with this key is being answered", 409, "idempotency_in_progress")
            self._write(file, slot, None, now)
        return None

    def keep(self, slot: Slot, answer: KeptAnswer) -> None:
        """Keep an answer, or forget its request if there is no room for it; the oldest answers make room for it."""
        limits = self._limits
        if len(answer.body) > limits.kept_bytes // 10:
            return self.release(slot)
        with self._opened() as file:
            self._write(file, slot, answer, time.time())
            file.execute(_OLDEST, (slot.client or "", limits.kept_answers // 10, limits.kept_bytes // 10))
            file.execute(_OLDEST, ("%", limits.kept_answers, limits.kept_bytes))
        return None

    def release(self, slot: Slot) -> None:
        """Forget a request that was not answered, so that it can be made again."""
        with self._opened() as file:
            file.execute("DELETE FROM answers WHERE id = ? AND status IS NULL", (slot.id,))

    @staticmethod
    def _write(file: sqlite3.Connection, slot: Slot, answer: KeptAnswer | None, now: float) -> None:
        said = (None, None, None, 0) if answer is None else (answer.status, answer.media, answer.body, len(answer.body))
        row = (slot.id, slot.client, slot.fingerprint, os.getpid(), now, *said)
        file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)) as file:
                # The answers are of use to this run of the service only, so nothing waits for the disk.
                file.execute("PRAGMA synchronous = OFF")
                file.execute("BEGIN IMMEDIATE")
                file.execute(_TABLE)
                file.execute(_INDEX)
                yield file
                file.execute("COMMIT")
        except sqlite3.Error as error:
            raise busy(1, f"answers cannot be kept for an idempotency key: {error}") from None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

"""Idempotency keys: a request that is sent again with the key of the first gets the first one's answer.

By the IETF's draft of the header ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header): the key is a string
in quotes; a bare token is taken as well. Where the draft answers 422 to a key that stands for another request, this
service answers 409.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from littlegiants.serving.http.protocol.bodies import Head
from littlegiants.serving.http.protocol.problems import JSON, PROBLEM_JSON, Problem
from littlegiants.serving.http.runtime.kept_answers import KeptAnswer, KeptAnswers, Slot

HEADER, REPLAYED = b"idempotency-key", "idempotent-replayed"
PATTERN = r'^("[ !#-\[\]-~]{1,255}"|[A-Za-z0-9._~:+/=-]{1,255})$'
# What depends on the request alone. All else, such as too much load, may have another answer the next time.
_FINAL = (400, 422)
_KEY = re.compile(PATTERN.strip("^$").encode())
_log = logging.getLogger("littlegiants.service")


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """Who asks for what.

    Attributes
    ----------
    head
        The headers.
    path, request_id
        Of the request.
    client
        The digest of the API key; empty where none is needed.
    """

    head: Head
    path: str
    request_id: str
    client: str = ""


def key_of(head: Head) -> bytes | None:
    """Return the idempotency key of a request; None if it has none.

    Raises
    ------
    Problem
        400 if it is malformed.
    """
    value = head.get(HEADER)
    if value is None:
        return None
    if _KEY.fullmatch(value.strip()) is None:
        text = "Idempotency-Key is a string in quotes, or a bare token, of 1 to 255 characters"
        raise Problem(400, "malformed_idempotency_key", text)
    return value.strip().strip(b'"')


async def idempotent_answer(
    kept: KeptAnswers, request: KeyedRequest, parts: Iterable[bytes], work: Callable[[], Awaitable[bytes]]
) -> tuple[KeptAnswer, bool]:
    """Answer a request, or answer again what was answered to its key before.

    Parameters
    ----------
    kept
        The answers that the workers share.
    request
        Who asks for what. A request without a key is answered and nothing else.
    parts
        What the request consists of, besides its path; read only if there is a key.
    work
        Computes the body of the answer.

    Returns
    -------
    answer : KeptAnswer
        The answer.
    replayed : bool
        Whether it is an earlier one.

    Raises
    ------
    Problem
        400 if the key is malformed, 409 if it stands for another request or for one that is being answered; and
        whatever `work` raises and another try may answer otherwise.
    """
    key = key_of(request.head)
    if key is None:
        return KeptAnswer(200, JSON, await work()), False
    slot = Slot(request.client, key, await asyncio.to_thread(fingerprint, request.path, parts))
    if (before := await asyncio.to_thread(kept.begin, slot)) is not None:
        return before, True
    try:
        answer = await _final(request, work)
    except BaseException:
        # At once, and in this thread: the task may be cancelled, since the client has gone.
        kept.release(slot)
        raise
    try:
        await asyncio.to_thread(kept.keep, slot, answer)
    except Problem as problem:
        _log.error("request %s: %s", request.request_id, problem)
    return answer, False


async def _final(request: KeyedRequest, work: Callable[[], Awaitable[bytes]]) -> KeptAnswer:
    try:
        return KeptAnswer(200, JSON, await work())
    except Problem as problem:
        if problem.status not in _FINAL:
            raise
        return KeptAnswer(problem.status, PROBLEM_JSON, problem.body(request.request_id, request.path))


def fingerprint(path: str, parts: Iterable[bytes]) -> bytes:
    """Return the digest of a request: its path and its parts, in their order."""
    whole = hashlib.sha256(path.encode())
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.digest()

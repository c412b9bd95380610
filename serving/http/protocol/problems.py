"""Problems: a status, a code for machines, and a sentence for people (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from littlegiants.ingest.excerpts import MESSAGE, VALUE, excerpt

JSON, PROBLEM_JSON, FORM = b"application/json", b"application/problem+json", b"multipart/form-data"


class Details(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not answered (RFC 9457): ``code`` for machines, ``title`` for people, ``where`` in the request.

    ``request_id`` finds the request in the service's log; ``error`` is the title once more, where the Open Inference
    Protocol wants it.
    """

    status: int
    code: str
    title: str
    request_id: str
    where: str = ""
    error: str = ""


class Problem(Exception):
    """Why a request is refused.

    Parameters
    ----------
    status
        The HTTP status.
    code
        A word for machines, the same in every version.
    message
        One sentence. Text that the client sent is in it only if it is harmless.
    where
        The place in the request, such as ``firms[3].rounds``.
    headers
        Further headers of the answer.
    more
        Further members of the answer's body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        where: str = "",
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.message, self.where = excerpt(message, MESSAGE), excerpt(where, 2 * VALUE)
        self.headers, self.more = dict(headers or {}), dict(more or {})

    def body(self, request_id: str, path: str) -> bytes:
        """Return the body of the answer."""
        error = self.message if path.startswith("/v2/") else ""
        details = Details(self.status, self.code, self.message, request_id, self.where, error)
        return msgspec.json.encode(msgspec.to_builtins(details) | self.more)


def answer_json(said: object, status: int = 200) -> Response:
    """Return an answer as JSON."""
    return Response(msgspec.json.encode(said), status, media_type=JSON.decode())


def stopping() -> Problem:
    """Return the problem of a request that is not whole, or not answered in time, when the service stops."""
    headers = {"retry-after": "1", "connection": "close"}
    return Problem(503, "stopping", "the service stops; send the request again", headers=headers)


def busy(seconds: float, message: str, status: int = 503, code: str = "overloaded") -> Problem:
    """Return a problem that makes the client try again later.

    Parameters
    ----------
    seconds
        How long it should wait; ``Retry-After`` is rounded up to whole seconds.
    message, status, code
        As of `Problem`.
    """
    return Problem(status, code, message, headers={"retry-after": str(max(1, round(seconds + 0.5)))})

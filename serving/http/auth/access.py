"""Access control: the key of a request, its scopes and its rate limit."""

import base64
import binascii

from littlegiants.serving.http.auth.keys import Key, KeyRing
from littlegiants.serving.http.protocol.bodies import Head
from littlegiants.serving.http.protocol.problems import Problem, busy

# Open to all: whether the service lives, and the page itself, which holds no data.
_OPEN = ("/health/", "/v2/health/")
_SCOPES = {
    "/v1/score": "score",
    "/v1/portfolio": "portfolio",
    "/v1/model": "model",
    "/v2": "model",
    "/metrics": "metrics",
    "/portfolio": "portfolio",
    "/example": "portfolio",
}
# For the page, a browser prompts for a name and a password; the key is the password. It does so only if Basic is the
# single challenge: Chromium takes a header of two challenges for one that it does not know.
_PAGE = ("/portfolio", "/example")
_BASIC, _BEARER = 'Basic realm="littlegiants", charset="UTF-8"', 'Bearer realm="littlegiants"'


def scope_of(path: str, method: str) -> str | None:
    """Return the scope that a request needs; None if it needs no key."""
    if path.startswith("/v2/models/"):
        return "score" if path.endswith("/infer") else "model"
    scope = _SCOPES.get(path)
    if scope is None and method not in ("GET", "HEAD") and not path.startswith(_OPEN):
        return "score"
    return scope


def admit(keys: KeyRing | None, path: str, method: str, head: Head) -> Key | None:
    """Return the key of a request; None if the request needs no key.

    Parameters
    ----------
    keys
        The keys of the service; None if it needs none.
    path, method
        Of the request.
    head
        Its headers.

    Raises
    ------
    Problem
        401 if the key is missing or unknown, 403 if it lacks the scope, 429 if it has used up its rate.
    """
    scope = scope_of(path, method)
    if keys is None or scope is None:
        return None
    key = keys.check(_token(head.get(b"authorization", b"")))
    if key is None:
        challenge = {"www-authenticate": _BASIC if path in _PAGE else _BEARER}
        raise Problem(401, "no_key", "this needs a key; `giants keys add` makes one", headers=challenge)
    if scope not in key.scopes:
        raise Problem(403, "scope", f"the key does not open {scope}")
    wait = keys.allow(key)
    if wait > 0:
        raise busy(wait, f"the key is good for {key.per_minute:,} requests a minute", 429, "rate")
    return key


def _token(value: bytes) -> str:
    kind, _, rest = value.partition(b" ")
    if kind.lower() == b"bearer":
        return rest.strip().decode("latin-1")
    if kind.lower() == b"basic":
        try:
            return base64.b64decode(rest, validate=True).decode("latin-1").partition(":")[2]
        except binascii.Error:
            return ""
    return ""

"""What the service is asked and answers, as an OpenAPI 3.1 document made of what it runs on.

A path is added by one `Operation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from littlegiants.serving.http.access import scope_of
from littlegiants.serving.http.limits import Limits
from littlegiants.serving.http.refusals import HEADERS, REFUSALS, answer, named, refusal
from littlegiants.serving.http.schemas import Schema, components, ref

_JSON = "application/json"
_DESCRIPTION = """How likely small innovative firms are to succeed in the market, rather than to live on public money.

Every answer but a success is a problem (RFC 9457). A path that is none answers 404 (`no_such_path`), another method
than those of a path 405 with `Allow`; `HEAD` is answered wherever `GET` is. A head that is far too large is refused
with a 400 or 431 that has no body. Text is stripped of blanks at both ends before it is read, and empty text is a
missing value."""
_HEAD, _KEY, _BODY = (400, 405, 431, 500), (401, 403, 429), (408, 413, 415, 422, 503)
EXAMPLE = {
    "as_of_date": "2025-12-31",
    "explain": True,
    "firms": [
        {
            "firm_id": "91320594MA1XXXXX0A",
            "country": "CN",
            "founded_on": "2018-04-02",
            "sectors": ["semiconductors"],
            "rounds": [
                {
                    "round_id": "a",
                    "announced_on": "2021-03-15",
                    "kind": "series_a",
                    "amount": 45_000_000,
                    "currency": "CNY",
                }
            ],
            **{name: [] for name in ("grants", "patents", "recognitions", "financials", "outcomes")},
        }
    ],
}


@dataclass(frozen=True)
class Operation:
    """One method of one path.

    Attributes
    ----------
    path, method, name
        Where it is, how it is asked, and its ``operationId``.
    summary, description
        What it does, in a line and in full.
    answer, media
        What comes back with 200.
    body
        The schema of each media type that it takes, none where it takes no body.
    refusals
        The statuses of problems besides those of bodies and keys.
    others
        Further answers that are no problems: by status what it says, and the schema.
    """

    path: str
    method: str
    name: str
    summary: str
    description: str
    answer: Schema
    media: str = _JSON
    body: Mapping[str, Schema] = field(default_factory=dict)
    refusals: tuple[int, ...] = _HEAD
    others: Mapping[int, tuple[str, Schema]] = field(default_factory=dict)


_FIRMS = {_JSON: {"schema": ref("ScoreRequest"), "example": EXAMPLE}}
_ONE_BY_ONE = "A firm that is not as the contract says, or not at risk on the date, fails no other: "
OPERATIONS = (
    Operation(
        "/v1/score",
        "post",
        "score",
        "Score firms",
        f"{_ONE_BY_ONE}it has an `error` in its place of `results`. If no firm's rows can be used the status is 422.",
        ref("ScoreAnswer"),
        body=_FIRMS,
    ),
    Operation(
        "/v1/portfolio",
        "post",
        "portfolio",
        "Say what a portfolio says as a whole",
        f"{_ONE_BY_ONE}it stands in `refused` and counts nowhere else. The status is 200 even if all of them do.",
        ref("PortfolioAnswer"),
        body=_FIRMS,
    ),
    Operation(
        "/v1/model",
        "get",
        "model",
        "The model in use",
        "Its manifest: the label, the dates, how it did on the test date, and the digest that names it.",
        ref("Manifest"),
        refusals=(*_HEAD, 503),
    ),
    Operation("/health/live", "get", "live", "Whether the process lives", "Always true.", ref("Live"), refusals=(405,)),
    Operation(
        "/health/ready",
        "get",
        "ready",
        "Whether requests may be sent here",
        "Whether a verified model can answer and all workers live.",
        ref("Ready"),
        others={503: ("Not now.", ref("Ready"))},
    ),
    Operation(
        "/metrics",
        "get",
        "metrics",
        "Figures of all workers",
        "For Prometheus.",
        {"type": "string"},
        media="text/plain",
    ),
    Operation(
        "/openapi.json",
        "get",
        "openapi",
        "This document",
        "As the service runs: with its limits, and with keys where it asks for them.",
        {"type": "object", "required": ["openapi", "info", "paths", "components"]},
    ),
)


def document(limits: Limits, keyed: bool) -> dict[str, Any]:
    """Return the document of a service.

    Parameters
    ----------
    limits
        What it takes on at most.
    keyed
        Whether it asks for keys.
    """
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation, keyed)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Little Giants",
            "version": version("littlegiants"),
            "description": _DESCRIPTION,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components(limits),
            "responses": {named(status): refusal(status) for status in REFUSALS},
            "headers": dict(HEADERS),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A key by `giants keys add`."},
                "basic": {"type": "http", "scheme": "basic", "description": "Any name, and the key as password."},
            },
        },
    }


def _described(operation: Operation, keyed: bool) -> dict[str, Any]:
    scope = scope_of(operation.path, operation.method.upper()) if keyed else None
    refusals = {*operation.refusals, *(_BODY if operation.body else ()), *(_KEY if scope else ())}
    answers = {200: ("The answer.", operation.answer, operation.media)}
    answers |= {status: (said, schema, _JSON) for status, (said, schema) in operation.others.items()}
    responses = {str(status): {"$ref": f"#/components/responses/{named(status)}"} for status in refusals}
    responses |= {str(status): answer(*parts) for status, parts in answers.items()}
    said: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "responses": {status: responses[status] for status in sorted(responses)},
    }
    if operation.body:
        said["requestBody"] = {"required": True, "content": dict(operation.body)}
    if scope:
        said["security"] = [{"bearer": [scope]}, {"basic": [scope]}]
    return said

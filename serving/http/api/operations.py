"""The paths of the service and their methods, as the OpenAPI document describes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from littlegiants.ingest.records.schema import EXAMPLE_RECORD
from littlegiants.serving.http.api.idempotency import PATTERN
from littlegiants.serving.http.api.inference import NAME
from littlegiants.serving.http.api.schemas import Schema, ref

_JSON, _FORM = "application/json", "multipart/form-data"
HEAD, KEY, BODY = (400, 405, 431, 500), (401, 403, 429), (408, 413, 415, 422, 503)
EXAMPLE = {
    "as_of_date": "2025-12-31",
    "explain": True,
    "firms": [EXAMPLE_RECORD],
}


@dataclass(frozen=True)
class Operation:
    """One method of one path.

    Attributes
    ----------
    path, method, name
        The path, the HTTP method, and the ``operationId``.
    summary, description
        What it does, in a line and in full.
    answer, media
        The schema and the media type of the answer with 200.
    body
        The schema of each media type that the body may have; empty if the operation takes no body.
    errors
        The statuses of its problems, besides `BODY` and `KEY`.
    others
        Further answers that are not problems: description and schema by status.
    parameters
        The parameters of the path and of the head.
    """

    path: str
    method: str
    name: str
    summary: str
    description: str
    answer: Schema
    media: str = _JSON
    body: Mapping[str, Schema] = field(default_factory=dict)
    errors: tuple[int, ...] = HEAD
    others: Mapping[int, tuple[str, Schema]] = field(default_factory=dict)
    parameters: tuple[Schema, ...] = ()


_FIRMS = {_JSON: {"schema": ref("ScoreRequest"), "example": EXAMPLE}}
_ONE_BY_ONE = "A firm that is not as the contract says, or not at risk on the date, fails no other: "
_FILES: Schema = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}},
        "as_of_date": {"type": "string", "format": "date"},
        "explain": {"enum": ["true", "false"]},
    },
}
_IDEMPOTENT: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": PATTERN},
    "description": "The same key with the same request gets the same bytes again, from any worker and for a day at "
    "most, with `Idempotent-Replayed: true`. The same key with another request gets 409, and so does a request while "
    "the first with its key is being answered.",
}
_PATHS = (
    Operation(
        "/v1/score",
        "post",
        "score",
        "Score firms",
        f"{_ONE_BY_ONE}it has an `error` in its place of `results`. If no firm's rows can be used the status is 422. "
        "Tables may come as files instead, named as the tables: CSV, Parquet, or one workbook. Then rows that break "
        "the table contract stand in `quarantined`, and `rows` is the account of each table.",
        {"oneOf": [ref("ScoreResponse"), ref("UploadResponse")]},
        body={**_FIRMS, _FORM: {"schema": _FILES}},
        errors=(*HEAD, 403, 409),
        parameters=(_IDEMPOTENT,),
    ),
    Operation(
        "/v1/portfolio",
        "post",
        "portfolio",
        "Say what a portfolio says as a whole",
        f"{_ONE_BY_ONE}it stands in `refused` and counts nowhere else. The status is 200 even if all of them do.",
        ref("PortfolioResponse"),
        body=_FIRMS,
        errors=(*HEAD, 409),
        parameters=(_IDEMPOTENT,),
    ),
    Operation(
        "/v1/model",
        "get",
        "model",
        "The model in use",
        "Its manifest: the label, the dates, how it did on the test date, and the digest that names it.",
        ref("Manifest"),
        errors=(*HEAD, 503),
    ),
    Operation("/health/live", "get", "live", "Whether the process lives", "Always true.", ref("Live"), errors=(405,)),
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


def _of_protocol() -> tuple[Operation, ...]:
    """Return the operations of the Open Inference Protocol."""
    found = [
        Operation(
            "/v2",
            "get",
            "server",
            "The server",
            "By the Open Inference Protocol, as all of `/v2`.",
            ref("ServerMetadata"),
        ),
        Operation("/v2/health/live", "get", "v2Live", "Whether the process lives", "Always true.", ref("Live")),
        Operation(
            "/v2/health/ready",
            "get",
            "v2Ready",
            "Whether requests may be sent here",
            "Whether a verified model can answer and all workers live.",
            ref("Ready"),
            others={503: ("Not now.", ref("Ready"))},
        ),
    ]
    named: Schema = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}, "example": NAME}
    versioned: Schema = {
        "name": "version",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": "The version of the model in use, as its metadata has it.",
    }
    for version, parameters in (("", (named,)), ("/versions/{version}", (named, versioned))):
        path, suffix = f"/v2/models/{{name}}{version}", "OfVersion" if version else ""
        errors = (*HEAD, 404, 503)
        found += [
            Operation(
                path,
                "get",
                f"v2Model{suffix}",
                "The model in use",
                "Its version, its input and its outputs.",
                ref("ModelMetadata"),
                errors=errors,
                parameters=parameters,
            ),
            Operation(
                f"{path}/ready",
                "get",
                f"v2ModelReady{suffix}",
                "Whether the model can answer",
                "True, or no such model.",
                ref("ModelReady"),
                errors=errors,
                parameters=parameters,
            ),
            Operation(
                f"{path}/infer",
                "post",
                f"v2Infer{suffix}",
                "Score firms",
                "One input, `firm`: a tensor of BYTES with the record of a firm as JSON in each element. A firm "
                "without a score has null for its numbers, and why in `error`. The input may come as a binary tensor, "
                "behind the JSON.",
                ref("InferResponse"),
                body={_JSON: {"schema": ref("InferRequest")}},
                errors=errors,
                parameters=parameters,
            ),
        ]
    return tuple(found)


OPERATIONS = (*_PATHS, *_of_protocol())

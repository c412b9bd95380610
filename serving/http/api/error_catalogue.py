"""The error catalogue: for each status the codes and headers of its problems, as the OpenAPI document states them."""

from collections.abc import Mapping
from types import MappingProxyType

from littlegiants.serving.http.api.schemas import Schema, ref
from littlegiants.serving.http.protocol.problems import PROBLEM_JSON, Details

# For each status: its description, its codes, and its further headers.
ERRORS: Mapping[int, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        400: (
            "The head is malformed or ambiguous, or the body is no JSON or could be read in two ways.",
            """ambiguous_length malformed_host malformed_idempotency_key malformed_json malformed_length malformed_text
            nothing_sent repeated_header repeated_key too_deep""",
            (),
        ),
        401: ("No key, or one that opens nothing.", "no_key", ("WWW-Authenticate",)),
        403: ("The key does not open this; or a page of another site sent the form.", "foreign_site scope", ()),
        404: ("It is not the model in use.", "no_such_model", ()),
        405: ("The path does not have the method.", "method", ("Allow",)),
        408: ("The body did not come in time.", "slow_body", ()),
        409: (
            "The idempotency key stands for another request, or the first request with it is being answered.",
            "idempotency_conflict idempotency_in_progress",
            (),
        ),
        413: (
            "The body is too large, or its files take too much time or memory.",
            "body_too_large upload_too_heavy upload_too_large upload_too_slow",
            (),
        ),
        415: (
            "The body is of another type, or compressed.",
            "charset content_encoding content_type unsupported_upload",
            (),
        ),
        422: (
            "The body is no such request, or no firm's rows can be used; then `results` says of each why.",
            """as_of_date faulty_rows firms inputs invalid_request malformed model_expired not_finite outputs parameters
            refused too_many_events unreadable_upload""",
            (),
        ),
        429: ("The key has used up its rate.", "rate", ("Retry-After",)),
        431: ("A header is too large, or there are too many.", "header_too_large too_many_headers", ()),
        500: ("Something of the service failed; its log knows what, under the request's id.", "failed", ()),
        503: (
            "No model is loaded, too much waits, the process that read the files was ended, or the service stops.",
            "interrupted no_model overloaded stopping",
            ("Retry-After",),
        ),
    }
)
HEADERS: Mapping[str, Schema] = MappingProxyType(
    {
        "X-Request-Id": {"description": "Finds the request in the log.", "schema": {"type": "string"}},
        "Allow": {"description": "The methods of the path.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}},
        "WWW-Authenticate": {
            "description": "How to send the key; Basic is taken as well as Bearer.",
            "schema": {"type": "string"},
        },
    }
)


def named(status: int) -> str:
    """Return the name of the component that describes the problems of a status."""
    return f"Problem{status}"


def error_response(status: int) -> Schema:
    """Return the description of the problems of a status."""
    said, codes, headers = ERRORS[status]
    own = {"properties": {"status": {"const": status}, "code": {"enum": codes.split()}}}
    return answer(said, {"allOf": [ref(Details.__name__), own]}, PROBLEM_JSON.decode(), headers)


def answer(said: str, schema: Schema, media: str, headers: tuple[str, ...] = ()) -> Schema:
    """Return the description of an answer.

    Parameters
    ----------
    said
        What the answer means.
    schema, media
        The schema and the media type of its body.
    headers
        Names of `HEADERS`, besides the request id that every answer has.
    """
    fields = {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *headers)}
    return {"description": said, "headers": fields, "content": {media: {"schema": schema}}}
